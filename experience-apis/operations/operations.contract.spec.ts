import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routesOf } from '../../test/support/routes.js';
import { example, mediaOf, misfits, OPERATIONS, type Json, type JsonObject } from './testing/contract.js';
import { startOperationsApp, type OperationsApp } from './testing/operations-app.js';

/** In an order in which each finds what it names. */
const LISTS = ['items', 'nodes', 'item-units', 'kits', 'substitutes', 'listings', 'allocation-rules'] as const;
const ROOT = '/operations/v1';

let test: OperationsApp;

beforeAll(async () => {
  test = await startOperationsApp();
  const others = ['PLATE-01', 'MUG-02', 'BREAKFAST-01'].map((sku) => ({ sku, title: sku }));
  await test.send('put', `${ROOT}/items`, { items: others });
  await test.send('put', `${ROOT}/nodes`, { nodes: [{ id: 'dc-north', name: 'North' }] });
});

afterAll(() => test.close());

const camel = (path: string): string => path.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const text = (chars: number): string => 'x'.repeat(chars);

/** The list in the body or page of an example. */
function entriesOf(body: JsonObject): readonly [name: string, entries: readonly JsonObject[]] {
  const found = Object.entries(body).find(([, value]) => Array.isArray(value));
  if (found === undefined) throw new Error('there is no list');
  return [found[0], found[1] as JsonObject[]];
}

describe('the contract of operations', () => {
  it('names the routes that there are, each with its scope', () => {
    const served = routesOf(test.app).filter(({ path }) => path.startsWith(ROOT));
    const documented = OPERATIONS.map(
      ({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    expect(documented.toSorted()).toEqual(served.map(({ method, path }) => `${method} ${path}`).toSorted());
    for (const { method, path, json } of OPERATIONS)
      expect([path, json['security']]).toEqual([
        path,
        [{ bearer: [method === 'get' ? 'operations:read' : 'operations:write'] }],
      ]);
  });

  it('has examples that fit their schemas', () => {
    const bodies = OPERATIONS.flatMap(({ json }) => [
      ...mediaOf(json['requestBody']),
      ...Object.values(json['responses'] as JsonObject).flatMap(mediaOf),
    ]);
    expect(bodies.length).toBeGreaterThan(80);
    for (const { schema, examples } of bodies) {
      expect([schema, examples.length]).toEqual([schema, 1]);
      for (const value of examples) expect([schema, misfits(schema, value)]).toEqual([schema, []]);
    }
  });

  it.each(LISTS)('shows what is taken and what is answered at /%s', async (path) => {
    const body = example(`${camel(path)}Body`);
    const saved = await test.send('put', `${ROOT}/${path}`, body);
    expect([saved.status, saved.body]).toEqual([204, {}]);
    const [name, entries] = entriesOf(body);
    const { next, ...page } = example(`${camel(path)}Page`);
    const [, shown] = entriesOf(page);
    const all: JsonObject[] = [];
    const cursors = new Map<JsonObject | undefined, string | undefined>();
    let after = '';
    for (let pages = 0; pages < 50; pages += 1) {
      const answer = await test.send('get', `${ROOT}/${path}?limit=1${after}`);
      expect([answer.status, misfits(`${camel(path)}Page`, answer.body)]).toEqual([200, []]);
      const read = answer.body as JsonObject & { readonly next?: string };
      const [entry] = (read[name] ?? []) as JsonObject[];
      if (entry === undefined) break;
      all.push(entry);
      cursors.set(entry, read.next);
      after = `&after=${read.next}`;
    }
    expect(cursors.get(all.find((one) => sameKey(one, shown[0])))).toBe(next);
    for (const [index, entry] of entries.entries()) {
      const stored = all.find((one) => sameKey(one, entry));
      expect(stored).toMatchObject(entry);
      expect(Object.keys(stored ?? {}).toSorted()).toEqual(Object.keys(shown[index] ?? {}).toSorted());
    }
    // What was read can be saved again; of rules without the time of their change.
    const again = all.map(({ updatedAt: _updatedAt, ...entry }) => entry);
    expect((await test.send('put', `${ROOT}/${path}`, { [name]: again })).status).toBe(204);
  });

  it('shows policies and owners as they are taken and answered', async () => {
    const policy = `${ROOT}/sourcing-policies/shop-eu`;
    expect((await test.send('get', policy)).status).toBe(404);
    const broken = await test.send('put', policy, { ...example('SourcingPolicy'), excludedNodes: ['nowhere'] });
    expect([broken.status, broken.body]).toMatchObject([422, { errors: [{ pointer: '/excludedNodes/0' }] }]);
    expect((await test.send('put', policy, example('SourcingPolicy'))).status).toBe(204);
    const one = await test.send('get', policy);
    expect([one.status, misfits('StoredSourcingPolicy', one.body)]).toEqual([200, []]);
    expect(one.body).toMatchObject({ channel: 'shop-eu', policy: example('SourcingPolicy') });
    const all = await test.send('get', `${ROOT}/sourcing-policies`);
    expect([all.body, misfits('SourcingPolicyList', all.body)]).toEqual([{ policies: [one.body as unknown] }, []]);

    const owners = `${ROOT}/bucket-owners`;
    expect((await test.send('put', owners, example('BucketOwnersBody'))).status).toBe(204);
    expect((await test.send('get', owners)).body).toEqual(example('BucketOwnersBody'));
    const none = { buckets: [{ node: '*', bucket: 'onHand', sources: [] }] };
    expect((await test.send('put', owners, none)).status).toBe(204);
    expect((await test.send('get', owners)).body).toMatchObject({ buckets: [{ bucket: 'safetyStock' }] });
  });

  it('has the limits that the hub has', async () => {
    const rule = entriesOf(example('AllocationRulesBody'))[1][0] ?? {};
    const { units: _units, ...share } = {
      ...rule,
      kind: 'SHARE',
      mode: 'HARD',
      id: '019b7a3c-5d10-7c4e-9f51-2f6b8a1d0c55',
      percent: 1,
    } as JsonObject;
    const node = { id: 'store-8', name: 'Store 8' };
    // In each entry what just fits, and what just does not.
    const limits: readonly (readonly [
      path: string,
      entry: object,
      field: string,
      fits: Json,
      tooFar: readonly Json[],
    ])[] = [
      ['items', { sku: 'NEW', title: 'x' }, 'title', text(500), [text(501), '']],
      ['items', { sku: 'NEW', title: 'x' }, 'sku', text(100), [text(101), ' x', 'x ', 'a\u0000b', '']],
      ['items', { sku: 'NEW', title: 'x' }, 'tracking', 'SERIAL', ['EXPIRY']],
      ['items', { sku: 'NEW', title: 'x' }, 'releaseAt', '2027-01-31T09:30:00+01:00', ['2027-01-31T09:30:00', 'soon']],
      ['item-units', { sku: 'MUG-01', unit: 'pallet', factor: 1 }, 'factor', 1_000_000, [1_000_001, 0, -6, 1.5, '6']],
      [
        'kits',
        { kit: 'BREAKFAST-01', components: [] },
        'components',
        [{ sku: 'MUG-01', quantity: 1 }],
        [[{ sku: 'MUG-01', quantity: 0.5 }], [{ sku: 'MUG-01', quantity: -1 }]],
      ],
      ['substitutes', { sku: 'MUG-01', substitutes: [] }, 'channel', 'shop-eu', ['']],
      [
        'listings',
        { channel: 'shop-eu', listingSku: 'L', sku: 'MUG-01' },
        'listingKeys',
        { a: text(500) },
        [{ a: text(501) }, { a: 1 }],
      ],
      ['nodes', node, 'workingDays', [1, 7], [[0], [8], [1, 1]]],
      ['nodes', node, 'cutOff', '23:59', ['24:00', '9:00']],
      ['nodes', node, 'country', 'AT', ['AUT', 'at']],
      ['nodes', node, 'unitsPerDay', 0, [-1, 0.5]],
      ['nodes', node, 'kind', 'DROP_SHIPPER', ['SHED']],
      ['allocation-rules', share, 'percent', 75, [100.5, 101, -1]],
      ['allocation-rules', rule, 'units', 0, [-1, 0.5, 1_000_000_001]],
      ['bucket-owners', { node: '*', sources: [] }, 'bucket', 'threshold', ['onhand']],
      [
        'bucket-owners',
        { node: '*', bucket: 'onHand' },
        'sources',
        [{ source: 'a', lagSeconds: 604_800 }],
        [[{ source: 'a', lagSeconds: 604_801 }], [{ source: '' }]],
      ],
    ];
    for (const [path, entry, field, fits, tooFar] of limits) {
      const [name] = entriesOf(example(`${camel(path)}Body`));
      const status = async (value: Json): Promise<readonly unknown[]> => {
        const body = { [name]: [{ ...entry, [field]: value }] };
        const answer = await test.send('put', `${ROOT}/${path}`, body);
        const pointers = ((answer.body as { errors?: { pointer: string }[] }).errors ?? []).map(
          ({ pointer }) => pointer,
        );
        const here = pointers.every((pointer) => pointer.startsWith(`/${name}/0/${field}`));
        return [path, value, answer.status, here, misfits(`${camel(path)}Body`, body).length === 0];
      };
      expect(await status(fits)).toEqual([path, fits, 204, true, true]);
      for (const value of tooFar) expect(await status(value)).toEqual([path, value, 422, true, false]);
    }
  });

  it('says how many entries a body may hold', async () => {
    const items = Array.from({ length: 501 }, (_, index) => ({ sku: `MANY-${index}`, title: 'x' }));
    expect(misfits('ItemsBody', { items: items.slice(1) })).toEqual([]);
    expect(misfits('ItemsBody', { items })).toHaveLength(1);
    expect((await test.send('put', `${ROOT}/items`, { items })).body).toMatchObject({
      errors: [{ pointer: '/items', detail: 'Must hold 1 to 500 entries.' }],
    });
    expect((await test.send('put', `${ROOT}/items`, { items: items.slice(1) })).status).toBe(204);
    expect((await test.send('put', `${ROOT}/items`, { items: [] })).status).toBe(422);
  });
});

/** Whether the one replaces the other when it is saved. */
function sameKey(one: JsonObject, other: JsonObject | undefined): boolean {
  const keys = ['id', 'kit', 'listingSku', 'sku'].filter((key) => key in one).slice(0, 1);
  if (!('id' in one)) keys.push('channel');
  if (!('listingSku' in one)) keys.push('unit');
  return keys.every((key) => one[key] === other?.[key]);
}
