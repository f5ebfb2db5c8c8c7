import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../platform/db/package-root.js';
import { ROLES } from './roles.js';

/** For programs alone: a channel's notices. */
const OF_PROGRAMS = new Set(['channel:notify']);
const SCOPE = /'([a-z]+:[a-z]+)'/g;

/** What the code asks for: in `@Scopes(…)`, and in sets of scopes that it looks into. */
async function scopesInCode(): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const file of glob('experience-apis/**/*.ts', { cwd: packageRoot() })) {
    if (/\.spec\.ts$|spec-support|testing\/|fixtures|sandbox|console\/web/.test(file)) continue;
    const text = await readFile(join(packageRoot(), file), 'utf8');
    for (const [, scope = ''] of text.matchAll(SCOPE)) if (!scope.startsWith('node:')) found.add(scope);
  }
  return found;
}

describe('the roles', () => {
  it('let an admin do all that people may, and nobody anything that the hub does not know', async () => {
    const known = await scopesInCode();
    expect(known.size).toBeGreaterThan(10);
    const admin = new Set<string>(ROLES.admin);
    expect([...known].filter((scope) => !admin.has(scope) && !OF_PROGRAMS.has(scope))).toEqual([]);
  });

  it('let nobody but those who build on the graph send documents of their own', () => {
    const who = Object.entries(ROLES).filter(([, scopes]) =>
      (scopes as readonly string[]).includes('graphql:arbitrary'),
    );
    expect(who.map(([name]) => name)).toEqual(['integrator', 'admin']);
  });

  it('show persons to those who correct them, or have to know them', () => {
    const who = Object.entries(ROLES).filter(([, scopes]) => (scopes as readonly string[]).includes('pii:read'));
    expect(who.map(([name]) => name)).toEqual(['agent-pii', 'operator', 'admin']);
  });

  it('let agents and managers change nothing', () => {
    const CHANGES = /:(write|resolve|run|reserve)$/;
    for (const role of ['agent', 'agent-pii', 'manager'] as const)
      expect(ROLES[role].filter((scope) => CHANGES.test(scope))).toEqual([]);
  });
});
