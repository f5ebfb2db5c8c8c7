import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EnvironmentSecretSource } from './environment-secret-source.js';

const dir = mkdtempSync(join(tmpdir(), 'entrepot-secrets-'));
const source = new EnvironmentSecretSource(
  { ENTREPOT_SECRET_A: 'from the environment', ENTREPOT_SECRET_EMPTY: '' },
  dir,
);

afterAll(() => rmSync(dir, { recursive: true }));

describe('EnvironmentSecretSource', () => {
  it('takes the environment first, then the file, as it is now', () => {
    writeFileSync(join(dir, 'A'), 'from the file');
    writeFileSync(join(dir, 'B'), 'first\n');
    expect(source.get('A')).toBe('from the environment');
    expect(source.get('B')).toBe('first');
    writeFileSync(join(dir, 'B'), 'rotated\n');
    expect(source.get('B')).toBe('rotated');
  });

  it('says what to do where there is none', () => {
    const sentence = `The secret MISSING is missing: set ENTREPOT_SECRET_MISSING or write it to the file ${join(dir, 'MISSING')}.`;
    expect(() => source.get('MISSING')).toThrow(sentence);
    expect(() => new EnvironmentSecretSource({}, undefined).get('EMPTY')).toThrow('set ENTREPOT_SECRET_EMPTY.');
    expect(source.find('MISSING')).toBeUndefined();
    expect(source.find('EMPTY')).toBeUndefined();
  });

  it.each(['../A', 'a/b', '', 'lower'])('refuses the name %j', (name) => {
    expect(() => source.find(name)).toThrow('cannot name a secret');
  });
});
