import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from './testing/contract.js';
import { startOperationsApp, type OperationsApp } from './testing/operations-app.js';

const ROOT = '/operations/v1';
const RULE = {
  id: '019b7a3c-5d10-7c4e-9f51-2f6b8a1d0c01',
  name: 'Half for the shop',
  channel: 'shop-eu',
  kind: 'SHARE',
  percent: 50,
  mode: 'HARD',
};

let test: OperationsApp;

beforeAll(async () => {
  test = await startOperationsApp();
  const items = ['A', 'B', 'C'].map((sku) => ({ sku, title: sku }));
  await test.send('put', `${ROOT}/items`, { items });
});

afterAll(() => test.close());

/** Status, code of the problem, and `<pointer> <detail>` of each error. */
async function refusal(method: string, path: string, body?: object): Promise<readonly unknown[]> {
  const answer = await test.send(method, `${ROOT}/${path}`, body);
  const { type, errors = [] } = answer.body as { type: string; errors?: { pointer: string; detail: string }[] };
  expect(answer.type).toBe('application/problem+json');
  return [answer.status, type.split('/').at(-1), ...errors.map(({ pointer, detail }) => `${pointer} ${detail}`)];
}

async function rows(table: string): Promise<number> {
  const { rows: counted } = await test.pool.query<{ count: number }>(`select count(*)::int as count from ${table}`);
  return counted[0]?.count ?? -1;
}

describe('operations', () => {
  it('need the scope that the contract names', async () => {
    for (const { method, path } of OPERATIONS) {
      const scope = method === 'get' ? 'operations:write' : 'operations:read';
      const { status } = await test.send(method, path.replaceAll(/\{\w+\}/g, 'x'), undefined, [scope]);
      expect([method, path, status]).toEqual([method, path, 403]);
    }
  });

  it('say where a body does not fit, and take nothing of it', async () => {
    const kits = [
      { kit: 'A', components: [{ sku: 'B', quantity: 1 }] },
      { kit: 'B', components: [{ sku: 'A', quantity: 1 }] },
    ];
    expect(await refusal('put', 'kits', { kits })).toEqual([
      422,
      'invalid-request',
      '/kits/0/components The kit "A" would contain itself: A → B → A. Break the circle.',
      '/kits/1/components The kit "B" would contain itself: B → A → B. Break the circle.',
    ]);
    expect(
      await refusal('put', 'item-units', { units: [{ sku: 'A', unit: 'case', factor: -1.5, size: 'L' }] }),
    ).toEqual([
      422,
      'invalid-request',
      '/units/0/factor Must be a whole number from 1 to 1000000.',
      '/units/0/size There is no such field here: remove it.',
    ]);
    const units = [
      { sku: 'A', unit: 'case', factor: 12 },
      { sku: 'Z', unit: 'case', factor: 12 },
    ];
    expect(await refusal('put', 'item-units', { units })).toEqual([
      422,
      'invalid-request',
      '/units/1/sku There is no item "Z": save it first, or correct the SKU.',
    ]);
    const nodes = [{ id: 'S', name: 'S', latitude: 1, timeZone: 'Berlin' }];
    expect(await refusal('put', 'nodes', { nodes })).toEqual([
      422,
      'invalid-request',
      '/nodes/0/timeZone Must be an IANA time zone, like "Europe/Berlin".',
      '/nodes/0/longitude Is missing: give both coordinates or neither.',
    ]);
    const buckets = [
      { node: '*', bucket: 'onHand', sources: [{ source: 'wms' }, { source: 'wms' }] },
      { node: 'nowhere', bucket: 'onHand', sources: [] },
    ];
    expect(await refusal('put', 'bucket-owners', { buckets })).toEqual([
      422,
      'invalid-request',
      '/buckets/0/sources/1/source The source stands in entry 0 already: say it once.',
      '/buckets/1/node There is no node "nowhere": name one, or "*" for every node.',
    ]);
    expect(await refusal('put', 'items', [])).toMatchObject([422, 'invalid-request', expect.stringMatching(/^ /)]);
    expect([await rows('kit_component'), await rows('item_unit'), await rows('bucket_owner')]).toEqual([0, 0, 0]);
  });

  it('keep allocation rules until they are deleted', async () => {
    const twice = { ...RULE, id: RULE.id.replace(/1$/, '2'), channel: 'amazon-de', percent: 51 };
    expect(await refusal('put', 'allocation-rules', { rules: [RULE, twice] })).toEqual([
      422,
      'invalid-request',
      '/rules/0/percent The shares of all items would be 101 % together, from now on ("shop-eu" 50 %, "amazon-de" 51 %): lower them to at most 100 %.',
      '/rules/1/percent The shares of all items would be 101 % together, from now on ("shop-eu" 50 %, "amazon-de" 51 %): lower them to at most 100 %.',
    ]);
    expect(await rows('allocation_rule')).toBe(0);
    expect((await test.send('put', `${ROOT}/allocation-rules`, { rules: [RULE] })).status).toBe(204);
    const path = `${ROOT}/allocation-rules?channel=shop-eu&sku=A&kind=SHARE`;
    expect((await test.send('get', path)).body).toMatchObject({ rules: [RULE] });
    expect((await test.send('get', path.replace('shop-eu', 'amazon-de'))).body).toEqual({ rules: [] });
    expect((await test.send('delete', `${ROOT}/allocation-rules/${RULE.id}`)).status).toBe(204);
    for (const id of [RULE.id, 'one'])
      expect(await refusal('delete', `allocation-rules/${id}`)).toEqual([404, 'unknown-allocation-rule']);
  });

  it('read lists to their end, and no other cursor than their own', async () => {
    const skus: string[] = [];
    let after = '';
    for (let pages = 0; pages < 20; pages += 1) {
      const answer = await test.send('get', `${ROOT}/items?limit=2${after}`);
      const page = answer.body as { items: { sku: string }[]; next?: string };
      skus.push(...page.items.map(({ sku }) => sku));
      if (page.next === undefined) break;
      after = `&after=${page.next}`;
    }
    const { rows: stored } = await test.pool.query<{ sku: string }>('select sku from item order by sku');
    expect(skus).toEqual(stored.map(({ sku }) => sku));
    const twoParts = Buffer.from('["A","B"]').toString('base64url');
    for (const cursor of ['nonsense', twoParts])
      expect(await refusal('get', `items?after=${cursor}`)).toEqual([
        422,
        'invalid-request',
        '/after Must be the "next" of an earlier page, as it was given.',
      ]);
    expect(await refusal('get', 'items?limit=201&offset=3')).toEqual([
      422,
      'invalid-request',
      expect.stringMatching(/^\/limit /),
      '/offset There is no such field here: remove it.',
    ]);
  });

  it('list messages, and know none that is not there', async () => {
    expect((await test.send('get', `${ROOT}/messages?status=REFUSED`)).body).toEqual({ messages: [] });
    expect((await test.send('post', `${ROOT}/messages/${RULE.id}/reprocess`)).status).toBe(404);
  });
});
