import { glob, readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/platform/db/package-root.js';
import type { OperationPolicy } from '../../src/platform/outside/operation-policy.js';
import { renderPoliciesDoc } from '../../src/platform/outside/policies-doc.js';

const ROOT = packageRoot();
const NO_ADAPTER = /\.(?:spec|contract|conformance)\.ts$|\/(?:sandbox|testing|conformance)\//;
/** How adapters name the operation of a call: where it is made, or in a list of queries. */
const NAMED = new RegExp(
  [
    /\boperation(?:: | = )'([\w.-]+)'/,
    /^const \w*OPERATION = '([\w.-]+)'/,
    /^ {2}name: '(\w+)',\n {2}query:/,
    /\bthis\.(?:exchange|post|call)\(\s*'([\w.-]+)'/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gm',
);
/** The demo drives the hub's own edge. */
const NOT_OUTSIDE = join('src', 'demo');
/** Runs in a browser: what it calls is the hub. */
const IN_A_BROWSER = join('experience-apis', 'console', 'web');

interface Adapter {
  readonly folder: string;
  readonly policies: readonly OperationPolicy[];
}

async function adapters(): Promise<readonly Adapter[]> {
  const found: Adapter[] = [];
  for await (const file of glob('{system-apis,experience-apis}/**/*.policies.ts', { cwd: ROOT })) {
    const module = (await import(join(ROOT, file))) as Readonly<Record<string, unknown>>;
    const policies = Object.values(module).filter(Array.isArray).flat() as OperationPolicy[];
    found.push({ folder: dirname(file), policies });
  }
  return found.toSorted((a, b) => a.folder.localeCompare(b.folder));
}

async function operationsNamedIn(folder: string): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for await (const file of glob('**/*.ts', { cwd: join(ROOT, folder) })) {
    if (NO_ADAPTER.test(`/${file.split(sep).join('/')}`)) continue;
    const text = await readFile(join(ROOT, folder, file), 'utf8');
    for (const [, ...groups] of text.matchAll(NAMED)) named.add(groups.find((group) => group !== undefined) ?? '');
  }
  return named;
}

describe('the policies of adapters', () => {
  it('are those that docs/policies.md shows (vitest run -u writes it anew)', async () => {
    const all = (await adapters()).flatMap(({ policies }) => policies);
    await expect(renderPoliciesDoc(all)).toMatchFileSnapshot('../../docs/policies.md');
  });

  it('stand beside each adapter that calls outside', async () => {
    const callers = new Set<string>();
    for await (const file of glob('{system-apis,experience-apis}/**/*.ts', { cwd: ROOT })) {
      if (NO_ADAPTER.test(`/${file}`)) continue;
      if ((await readFile(join(ROOT, file), 'utf8')).includes('new OutsideHttp(')) callers.add(dirname(file));
    }
    const declared = (await adapters()).map(({ folder }) => folder);
    expect([...callers].toSorted()).toEqual(declared);
  });

  it('declare every operation that an adapter names, each with sound numbers', async () => {
    for (const { folder, policies } of await adapters()) {
      const declared = new Set(policies.map(({ operation }) => operation));
      const named = [...(await operationsNamedIn(folder))].filter((name) => name !== 'settings');
      expect([folder, named.length]).not.toEqual([folder, 0]);
      expect([folder, named.filter((name) => !declared.has(name))]).toEqual([folder, []]);
      for (const { operation, timeoutMs, concurrencyMax, breaker, retry, rate, source } of policies) {
        const numbers = [timeoutMs, concurrencyMax, breaker.failures, breaker.openMs, retry.limit, retry.delayS];
        expect([operation, numbers.every((number) => number > 0)]).toEqual([operation, true]);
        expect(retry.delaySMax).toBeGreaterThanOrEqual(retry.delayS);
        expect(rate === undefined || (rate.perSecond > 0 && rate.burst >= 1)).toBe(true);
        expect(source.length).toBeGreaterThan(10);
      }
    }
  });

  it('send nothing outside by another way', async () => {
    const others: string[] = [];
    for await (const file of glob('{src,system-apis,process-apis,experience-apis}/**/*.ts', { cwd: ROOT })) {
      if (NO_ADAPTER.test(`/${file}`) || [NOT_OUTSIDE, IN_A_BROWSER].some((part) => file.startsWith(part))) continue;
      const text = await readFile(join(ROOT, file), 'utf8');
      if (/from 'undici'|\bfetch\(['"`h]|from 'node:https'/.test(text)) others.push(file);
    }
    expect(others).toEqual([join('src', 'platform', 'outside', 'outside-http.ts')]);
  });
});
