import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldOf, READ } from '../spec-support.js';
import { startFindingHub, type FindingHub, type Hit } from './testing/finding-hub.js';

let hub: FindingHub;

beforeAll(async () => {
  hub = await startFindingHub();
});

afterAll(() => hub.close());

const briefly = (hits: readonly Hit[]): readonly unknown[] =>
  hits.map(({ kind, exact, subject }) => [kind, exact, subject.reference ?? subject.sku]);

describe('the search', () => {
  it.each([
    ['A-100', 'ORDER_NUMBER', 'A-100'],
    [' a-100 ', 'ORDER_NUMBER', 'A-100'],
    ['#A-100', 'ORDER_NUMBER', 'A-100'],
    ['SO-A-100', 'ERP_DOCUMENT', 'A-100'],
    ['d-s-a-100-1', 'ERP_DOCUMENT', 'A-100'],
    ['I-A-100', 'ERP_DOCUMENT', 'A-100'],
    ['W-A-100-1', 'WAREHOUSE_REFERENCE', 'A-100'],
    ['S-A-100-1', 'WAREHOUSE_REFERENCE', 'A-100'],
    ['P-A-100-1', 'WAREHOUSE_REFERENCE', 'A-100'],
    ['JJD-A-100-1', 'TRACKING_NUMBER', 'A-100'],
    ['JJD - A-100 - 1', 'TRACKING_NUMBER', 'A-100'],
    ['300', 'ORDER_NUMBER', '0000300'],
  ])('finds %s as %s', async (text, kind, reference) => {
    const [first] = await hub.search(text);
    expect(first).toMatchObject({ kind, exact: true, subject: { reference } });
  });

  it('finds what begins so after what is so, the newest first', async () => {
    expect(briefly(await hub.search('A-10'))).toEqual([
      ['ORDER_NUMBER', false, 'A-100'],
      ['ORDER_NUMBER', false, 'A-101'],
    ]);
    const answer = await hub.post(`{ search(text: "A-10", first: 1) { hits { matched } more kindsTried } }`);
    expect(fieldOf(answer, 'search')).toMatchObject({ hits: [{ matched: 'A-100' }], more: true });
  });

  it('finds by the hub’s id, and by how it begins', async () => {
    const id = await hub.idOf('amazon-de', 'A-100');
    expect(briefly(await hub.search(id.toUpperCase()))).toEqual([['HUB_ID', true, 'A-100']]);
    expect(briefly(await hub.search(id.slice(0, 30)))).toContainEqual(['HUB_ID', false, 'A-100']);
  });

  it('finds by the buyer’s address as a whole alone, and keeps none of it', async () => {
    const byAddress = await hub.search(' bob@EXAMPLE.org');
    const sorted = byAddress.toSorted((one, other) =>
      (one.subject.reference ?? '').localeCompare(other.subject.reference ?? ''),
    );
    expect(briefly(sorted)).toEqual([
      ['EMAIL', true, '0000300'],
      ['EMAIL', true, 'A-101'],
      ['EMAIL', true, 'B-200'],
    ]);
    expect(await hub.search('bob@example.com')).toEqual([]);
    expect(await hub.search('bob@exam')).toEqual([]);
    const { rows } = await hub.pool.query<{ found: string }>(
      `select (select string_agg(t::text, ',') from search_term t) || (select string_agg(e::text, ',') from search_email e) as found`,
    );
    expect(rows[0]?.found).not.toMatch(/bob|example|Bob/i);
  });

  it('finds orders that hold an item or a listing', async () => {
    const bySku = await hub.search('sku-1');
    expect(bySku.map(({ kind, exact }) => [kind, exact])).toEqual(Array.from({ length: 4 }, () => ['SKU', true]));
    expect((await hub.search('L-SKU-2')).map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'LISTING'));
  });

  it('finds items for those who may see them', async () => {
    const wish = { scopes: [...READ, 'stock:read'] };
    expect(briefly(await hub.search('SKU-1', wish))[0]).toEqual(['SKU', true, 'SKU-1']);
    expect(briefly(await hub.search('sku', wish))).toEqual([
      ['SKU', false, 'SKU-1'],
      ['SKU', false, 'SKU-2'],
    ]);
    expect(briefly(await hub.search('l-sku-2', wish))[0]).toEqual(['LISTING', true, 'SKU-2']);
    expect(await hub.search('sku', { ...wish, channel: 'shop-eu' })).toEqual([]);
  });

  it('shows a bound token its own orders alone', async () => {
    const partner = { channel: 'shop-eu' };
    expect(await hub.search('A-100', partner)).toEqual([]);
    expect(briefly(await hub.search('A-10', partner))).toEqual([['ORDER_NUMBER', false, 'A-101']]);
    expect(await hub.search('ada@example.org', partner)).toEqual([]);
    expect(await hub.search(await hub.idOf('amazon-de', 'A-100'), partner)).toEqual([]);
    expect(await hub.search('SKU-1', partner)).toHaveLength(3);
    expect(await hub.search('SKU-1', { channel: 'amazon-de' })).toHaveLength(1);
  });

  it.each(['ab', '  #a ', 'x'.repeat(201)])('refuses a text too short or too long (%#)', async (text) => {
    const { errors } = await hub.post(`query ($t: String!) { search(text: $t) { more } }`, { t: text });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('needs the scope, and takes bounded pages', async () => {
    const none = await hub.post(`{ search(text: "A-100") { more } }`, {}, { scopes: ['stock:read'] });
    expect(none.errors).toMatchObject([{ extensions: { code: 'SCOPE_MISSING' } }]);
    const large = await hub.post(`{ search(text: "A-100", first: 51) { more } }`);
    expect(large.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
