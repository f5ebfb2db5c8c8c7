import { copyFile, glob, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { cruise, ROOMS, type CruiseResult } from './cruise.js';

/** A file and what it imports. */
type Seed = readonly [from: string, to: string];
/** With the rule that must say no. */
type ForbiddenSeed = readonly [from: string, to: string, rule: string];

const FORBIDDEN: readonly ForbiddenSeed[] = [
  ['src/model/a.ts', 'src/platform/target.ts', 'model-imports-nothing'],
  ['src/model/b.ts', 'node:fs', 'model-imports-nothing'],
  ['src/platform/a.ts', 'src/model/target.ts', 'platform-knows-no-retail'],
  ['src/platform/b.ts', 'process-apis/orders/index.ts', 'platform-knows-no-retail'],
  ['src/platform/c.ts', 'src/app.module.ts', 'composition-is-the-top'],
  ['system-apis/erp/sap/a.ts', 'system-apis/erp/netsuite/target.ts', 'adapter-behind-its-port'],
  ['system-apis/erp/sap/b.ts', 'system-apis/wms/wms.port.ts', 'adapter-behind-its-port'],
  ['system-apis/erp/sap/c.ts', 'process-apis/orders/index.ts', 'adapter-behind-its-port'],
  ['system-apis/erp/sap/d.ts', 'system-apis/erp/sap/sandbox/target.ts', 'sandbox-is-not-product'],
  ['system-apis/erp/other.port.ts', 'system-apis/erp/sap/target.ts', 'port-knows-no-vendor'],
  ['process-apis/orders/a.ts', 'process-apis/fulfillment/target.ts', 'process-through-doors'],
  ['process-apis/orders/b.ts', 'experience-apis/amazon/target.ts', 'process-through-doors'],
  ['process-apis/orders/c.ts', 'experience-apis/channel-kit/index.ts', 'process-through-doors'],
  ['process-apis/orders/d.ts', 'system-apis/erp/sap/target.ts', 'process-through-doors'],
  ['experience-apis/amazon/a.ts', 'experience-apis/shopify/target.ts', 'audience-knows-no-other'],
  ['experience-apis/amazon/b.ts', 'experience-apis/channel-kit/target.ts', 'audience-knows-no-other'],
  ['experience-apis/amazon/c.ts', 'process-apis/orders/target.ts', 'audience-knows-no-other'],
  ['experience-apis/amazon/d.ts', 'system-apis/erp/erp.port.ts', 'audience-knows-no-other'],
  ['experience-apis/amazon/sandbox/a.ts', 'src/model/target.ts', 'sandbox-speaks-wire-only'],
  ['experience-apis/amazon/sandbox/b.ts', 'experience-apis/amazon/target.ts', 'sandbox-speaks-wire-only'],
  ['system-apis/erp/sap/sandbox/a.ts', 'src/platform/target.ts', 'sandbox-speaks-wire-only'],
  ['system-apis/erp/sap/sandbox/b.ts', 'system-apis/erp/netsuite/netsuite.wire.ts', 'sandbox-speaks-wire-only'],
  ['src/platform/d.ts', 'test/support/target.ts', 'nothing-imports-tests'],
  ['process-apis/orders/h.ts', 'src/platform/testing/target.ts', 'nothing-imports-tests'],
  ['process-apis/orders/e.ts', 'src/model/some.spec.ts', 'nothing-imports-tests'],
  ['experience-apis/console/web/a.ts', 'src/model/target.ts', 'page-knows-itself'],
  ['experience-apis/console/web/b.ts', 'experience-apis/console/target.ts', 'page-knows-itself'],
  ['experience-apis/console/a.ts', 'experience-apis/console/web/target.ts', 'page-is-bundled'],
  ['src/elsewhere/a.ts', 'src/model/target.ts', 'every-file-has-a-room'],
  ['process-apis/orders/f.ts', 'process-apis/orders/not-there.ts', 'no-dead-import'],
  ['process-apis/orders/g.ts', 'library-that-nobody-declared', 'no-dead-import'],
];

/** Not kept; made by `npm run console:codegen`. */
const GENERATED = 'experience-apis/console/web/generated/';

const ALLOWED: readonly Seed[] = [
  ['src/main.ts', 'experience-apis/amazon/target.ts'],
  ['src/composition/a.ts', 'system-apis/erp/sap/target.ts'],
  ['src/demo/a.ts', 'system-apis/erp/sap/sandbox/target.ts'],
  ['system-apis/erp/sap/ok-port.ts', 'system-apis/erp/erp.port.ts'],
  ['system-apis/erp/sap/ok-model.ts', 'src/model/target.ts'],
  ['system-apis/erp/sap/sandbox/ok-wire.ts', 'system-apis/erp/sap/sap.wire.ts'],
  ['process-apis/orders/ok-door.ts', 'process-apis/fulfillment/index.ts'],
  ['process-apis/orders/ok-port.ts', 'system-apis/erp/erp.port.ts'],
  ['experience-apis/amazon/ok-door.ts', 'process-apis/orders/index.ts'],
  ['experience-apis/amazon/ok-kit.ts', 'experience-apis/channel-kit/index.ts'],
  ['experience-apis/console/web/pages/ok.ts', 'experience-apis/console/web/ui/target.ts'],
  ['src/model/ok.spec.ts', 'experience-apis/amazon/target.ts'],
  ['test/e2e/ok.ts', 'process-apis/orders/target.ts'],
];

const CIRCLE: readonly Seed[] = [
  ['process-apis/orders/circle-a.ts', 'process-apis/orders/circle-b.ts'],
  ['process-apis/orders/circle-b.ts', 'process-apis/orders/circle-a.ts'],
];

describe('the import rules', () => {
  let tree: string;
  let result: CruiseResult;

  beforeAll(async () => {
    tree = await seedTree([...FORBIDDEN, ...ALLOWED, ...CIRCLE]);
    result = await cruise(tree);
  });

  afterAll(async () => {
    await rm(tree, { recursive: true });
  });

  const rulesBrokenBy = (file: string): readonly string[] =>
    result.summary.violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);

  it.each(FORBIDDEN)('refuse that %s imports %s', (from, _to, rule) => {
    expect(rulesBrokenBy(from)).toContain(rule);
  });

  it('refuse a circle of two files, also when only types go round', () => {
    expect(CIRCLE.flatMap(([from]) => rulesBrokenBy(from))).toEqual(['no-circle']);
  });

  it.each(ALLOWED)('let %s import %s', (from) => {
    expect(rulesBrokenBy(from)).toEqual([]);
  });
});

describe('the house', () => {
  let result: CruiseResult;

  beforeAll(async () => {
    result = await cruise(packageRoot());
  });

  it('breaks none of them', () => {
    expect(result.summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  });

  it('is read whole: a TypeScript that dependency-cruiser does not know would make it see nothing', async () => {
    const inTree: string[] = [];
    for await (const file of glob(
      ROOMS.map((room) => `${room}/**/*.{ts,tsx,mts,cts}`),
      { cwd: packageRoot() },
    )) {
      if (!file.startsWith(GENERATED)) inTree.push(file);
    }
    const cruised = result.modules.map(({ source }) => source).filter((source) => /\.[mc]?tsx?$/.test(source));
    const ofTheHouse = cruised.filter((source) => ROOMS.some((room) => source.startsWith(`${room}/`)));
    expect(ofTheHouse.toSorted()).toEqual(inTree.toSorted());
    expect(ofTheHouse.length).toBeGreaterThan(0);
  });
});

/** A small house of its own, in which each seed is one import. */
async function seedTree(seeds: readonly (Seed | ForbiddenSeed)[]): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), 'entrepot-boundaries-'));
  await copyFile(join(packageRoot(), 'tsconfig.json'), join(tree, 'tsconfig.json'));
  await writeFile(join(tree, 'package.json'), '{"name":"seeded","type":"module"}');
  const files = new Map(seeds.map(([from, to]) => [from, importOf(from, to)]));
  for (const [, to] of seeds) {
    if (to.includes('/') && !to.endsWith('not-there.ts') && !files.has(to)) files.set(to, 'export const value = 1;\n');
  }
  for (const [file, text] of files) {
    await mkdir(dirname(join(tree, file)), { recursive: true });
    await writeFile(join(tree, file), text);
  }
  return tree;
}

/** Half of the house's imports are of types, so half of the seeds are too. */
function importOf(from: string, to: string): string {
  const specifier = to.endsWith('.ts') ? relativeSpecifier(from, to) : to;
  return from.length % 2 === 0
    ? `import type { value } from '${specifier}';\nexport type Value = typeof value;\n`
    : `import { value } from '${specifier}';\nexport const again = value;\n`;
}

function relativeSpecifier(from: string, to: string): string {
  const path = relative(dirname(from), to).replace(/\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}
