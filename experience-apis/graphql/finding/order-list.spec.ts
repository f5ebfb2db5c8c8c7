import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldOf, type Answer } from '../spec-support.js';
import { startFindingHub, type FindingHub } from './testing/finding-hub.js';

const MAY = { scopes: ['orders:read', 'exceptions:read'] };

let hub: FindingHub;

beforeAll(async () => {
  hub = await startFindingHub();
});

afterAll(() => hub.close());

async function list(given: string): Promise<readonly string[]> {
  const answer = await hub.post(`{ orders(${given}) { edges { node { reference } } } }`, {}, MAY);
  return (fieldOf(answer, 'orders') as { edges: { node: { reference: string } }[] }).edges.map(
    ({ node }) => node.reference,
  );
}

describe('the list of orders', () => {
  it.each([
    ['{held: true}', ['B-200']],
    ['{held: false, channel: "shop-eu"}', ['0000300', 'A-101']],
    ['{hasException: true}', ['B-200']],
    ['{node: "dc-north", completed: true}', ['A-100']],
    ['{node: "elsewhere"}', []],
    ['{sku: "SKU-2", channel: "amazon-de"}', ['A-100']],
    ['{sku: "sku-2"}', []],
    ['{placedFrom: "2026-03-01T00:00:00Z"}', ['A-100']],
    ['{placedTo: "2026-03-01T00:00:00Z", referencePrefix: "A-"}', ['A-101']],
    ['{overdue: true}', []],
    ['{overdue: false, waitingOn: ERP}', ['0000300', 'A-101', 'B-200']],
    ['{waitingOn: PERSON}', ['B-200']],
    ['{dueBefore: "2026-01-01T00:00:00Z"}', []],
    ['{dueBefore: "2126-01-01T00:00:00Z"}', ['0000300', 'A-101', 'B-200']],
    ['{exceptionOwners: [FRAUD]}', ['B-200']],
    ['{exceptionOwners: [CUSTOMER_SERVICE, FINANCE], channel: "shop-eu"}', ['B-200']],
    ['{exceptionOwners: [CATALOG, FULFILLMENT]}', []],
    ['{exceptionOwners: []}', []],
    ['{exceptionAssignedTo: "ada", exceptionOwners: [FINANCE], hasException: true}', ['B-200']],
    ['{exceptionAssignedTo: "bob"}', []],
    ['{exceptionAssignedTo: "ada", hasException: false}', []],
  ])('is narrowed by %s', async (filter, references) => {
    expect((await list(`filter: ${filter}`)).toSorted()).toEqual(references);
  });

  it('shows what is late, and no more once it is not', async () => {
    await hub.pool.query(`update listed_order set due_at = now() - interval '1 hour' where reference = 'A-101'`);
    expect(await list('filter: {overdue: true}')).toEqual(['A-101']);
    await hub.index();
    expect(await list('filter: {overdue: true}')).toEqual([]);
  });

  it.each([
    [{ scopes: ['orders:read'] }, 'SCOPE_MISSING'],
    [{ ...MAY, channel: 'shop-eu' }, 'NOT_FOR_CHANNELS'],
  ])('tells %s nothing of who works on exceptions', async (wish, code) => {
    for (const filter of ['exceptionOwners: [FRAUD]', 'exceptionAssignedTo: "ada"']) {
      const { data, errors } = await hub.post(`{ orders(filter: {${filter}}) { edges { cursor } } }`, {}, wish);
      expect([data, errors?.[0]?.extensions.code]).toEqual([{ orders: null }, code]);
    }
  });

  it('leaves out what fits no longer, though the list does not know it yet', async () => {
    const orderId = await hub.idOf('shop-eu', 'A-101');
    await hub.pool.query(`update listed_order set facets = facets || '{held}' where order_id = $1`, [orderId]);
    expect(await list('filter: {held: true}')).toEqual(['B-200']);
    await hub.index();
  });

  // Nothing runs in what is done.
  it.each([
    ['PLACED_DESC', 0, 'A-100'],
    ['PLACED_ASC', 3, 'A-100'],
    ['UPDATED_DESC', 0, 'B-200'],
    ['DUE', 3, 'A-100'],
  ])('sorted by %s shows each order once', async (sort, place, reference) => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const answer: Answer = await hub.post(
        `query ($after: Cursor) { orders(first: 1, sort: ${sort}, after: $after) {
           edges { node { reference placedAt updatedAt dueAt overdue } } pageInfo { hasNextPage endCursor } } }`,
        { after },
      );
      const page = fieldOf(answer, 'orders') as {
        edges: { node: { reference: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      seen.push(...page.edges.map(({ node }) => node.reference));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen.toSorted()).toEqual(['0000300', 'A-100', 'A-101', 'B-200']);
    expect(seen[place]).toBe(reference);
  });

  it('binds a cursor to the sort that it is of', async () => {
    const answer = await hub.post(`{ orders(first: 1, sort: DUE) { pageInfo { endCursor } } }`);
    const { pageInfo } = fieldOf(answer, 'orders') as { pageInfo: { endCursor: string } };
    const { errors } = await hub.post(`{ orders(after: "${pageInfo.endCursor}") { edges { cursor } } }`);
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/sorted by DUE/) as string, extensions: { code: 'CURSOR_NOT_READABLE' } },
    ]);
  });

  it('tells when each was changed, is due, and whether it is late', async () => {
    const answer = await hub.post(
      `{ orderByReference(channel: "shop-eu", reference: "A-101") { updatedAt dueAt overdue asOf timeline { recordedAt } } }`,
    );
    const order = fieldOf(answer, 'orderByReference') as { updatedAt: string; timeline: { recordedAt: string }[] };
    expect(order).toMatchObject({ dueAt: expect.any(String) as string, overdue: false, asOf: null });
    expect(order.updatedAt).toBe(order.timeline.at(-1)?.recordedAt);
  });
});
