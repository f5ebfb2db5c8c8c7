import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError } from './config-error.js';
import { SystemSettings } from './system-settings.js';

const dir = mkdtempSync(join(tmpdir(), 'entrepot-systems-'));
const bankSchema = z.object({ url: z.url(), accounts: z.array(z.object({ name: z.string() })).default([]) });

function fromText(text: string): SystemSettings {
  const path = join(dir, 'systems.yaml');
  writeFileSync(path, text);
  return SystemSettings.fromFile(path);
}

afterAll(() => rmSync(dir, { recursive: true }));

describe('SystemSettings', () => {
  it('reads YAML and JSON, and hands a section out as its owner wants it', () => {
    for (const text of ['bank:\n  url: https://bank.example.org\n', '{"bank": {"url": "https://bank.example.org"}}']) {
      expect(fromText(text).section('bank', bankSchema)).toEqual({ url: 'https://bank.example.org', accounts: [] });
    }
  });

  it('names every bad value with its place', () => {
    const settings = fromText('bank:\n  url: nowhere\n  accounts: [{name: a}, {}]\n');
    expect(() => settings.section('bank', bankSchema)).toThrow(ConfigError);
    expect(() => settings.section('bank', bankSchema)).toThrow(
      /systems\.yaml: bank\.url: .*\n.*bank\.accounts\.1\.name: /,
    );
  });

  it('has no section without a file, and an owner may do without', () => {
    const settings = SystemSettings.fromFile(undefined);
    expect(settings.has('bank')).toBe(false);
    expect(settings.section('bank', bankSchema.optional())).toBeUndefined();
    expect(() => settings.section('bank', bankSchema)).toThrow('bank: ');
    expect(settings.has('toString')).toBe(false);
  });

  it.each(['[1]', 'just words', '', 'a: [', ': :'])('refuses the file %j', (text) => {
    expect(() => fromText(text)).toThrow(ConfigError);
  });

  it('refuses a file that is not there', () => {
    expect(() => SystemSettings.fromFile(join(dir, 'none.json'))).toThrow(/none\.json cannot be read: ENOENT/);
  });
});
