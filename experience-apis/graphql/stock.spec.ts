import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StockBook } from '../../process-apis/availability/index.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { appendEvents } from '../../src/platform/event-log/index.js';
import { fieldOf, startGraphHub, take, type GraphHub } from './spec-support.js';

const ALL = { scopes: ['availability:read', 'stock:read'] };
const AT = '2026-03-01T10:00:00.000Z';

let hub: GraphHub;

beforeAll(async () => {
  hub = await startGraphHub();
  await hub.pool.query(`insert into item (sku, title) values ('A', 'A'), ('B', 'B')`);
  await hub.pool.query(`insert into node (id, name) values ('N1', 'North'), ('N2', 'South')`);
  await inTransaction(hub.pool, async (tx) => {
    const book = await StockBook.lock(tx, ['A', 'B']);
    for (const [sku, node, delta] of [
      ['A', 'N1', 5],
      ['A', 'N2', 2],
      ['B', 'N1', 9],
      ['A', 'N1', 3],
      ['A', 'N1', -1],
    ] as const)
      book.book([{ sku, node, bucket: 'onHand', delta, reason: 'COUNT' }], {
        stream: randomUUIDv7(),
        version: 1,
        occurredAt: AT,
      });
    await book.flush(tx);
  });
  await hub.pool.query(`insert into lot (sku, node, lot, expires_on, on_hand, reserved)
                        values ('A', 'N1', 'LATER', '2027-01-01', 2, 0), ('A', 'N1', 'FIRST', '2026-06-01', 3, 1)`);
  await hub.pool.query(`insert into expected_supply (id, kind, source, document, sku, node, expected_at, announced)
                        values ('erp/PO-1/A/N1', 'PURCHASE_ORDER', 'erp', 'PO-1', 'A', 'N1', '2026-04-01T00:00:00Z', 10)`);
  await hub.pool.query(`insert into publication (channel, listing_sku, wanted, cause, told, told_at)
                        values ('shop-eu', 'L-SKU-1', 4, 'c', 7, now()), ('amazon-de', 'L-SKU-1', 3, 'c', null, null)`);
  await hub.pool.query(`insert into told_quantity (channel, listing_sku, quantity, cause, outcome)
                        values ('shop-eu', 'L-SKU-1', 8, 'a', 'REFUSED'), ('shop-eu', 'L-SKU-1', 7, 'b', 'ACCEPTED')`);
  await hub.pool.query(`insert into stock_feed (source, node, last_sequence, gap_from, gap_to, refused)
                        values ('erp', 'N1', 12, 7, 9, 1), ('wms', 'N1', 5, null, null, 0)`);
});

afterAll(() => hub.close());

async function ask(query: string, field: string, wish: object = ALL): Promise<unknown> {
  return fieldOf(await hub.post(query, {}, wish), field);
}

async function refusal(query: string, wish: object = ALL): Promise<string | undefined> {
  const { errors } = await hub.post(query, {}, wish);
  return errors?.[0]?.extensions.code;
}

function of(given: string, fields = 'asOf'): string {
  return `{ availability(channel: "shop-eu", ${given}) { ${fields} } }`;
}

describe('availability', () => {
  it('is that of the checks, with its sum where it is asked for', async () => {
    const answer = await ask(
      `{ availability(channel: "shop-eu", skus: ["A"], listings: ["L-SKU-2"], quantity: 3) {
           channel asOf items { sku listingSku status available explanation { atp ats nodes { node atp sum } rules { name } } } } }`,
      'availability',
    );
    expect(answer).toMatchObject({
      channel: 'shop-eu',
      items: [
        {
          sku: 'A',
          listingSku: null,
          status: 'IN_STOCK',
          available: 9,
          explanation: [
            {
              atp: 9,
              ats: 9,
              nodes: [
                { node: 'N1', atp: 7 },
                { node: 'N2', atp: 2 },
              ],
              rules: [],
            },
          ],
        },
        { sku: 'SKU-2', listingSku: 'L-SKU-2', status: 'IN_STOCK' },
      ],
    });
    const byDate = await ask(
      `{ availability(channel: "shop-eu", skus: ["A"], node: "N1", date: "${new Date().getUTCFullYear() + 1}-12-31", quantity: 17) {
           items { status available byDate { available } } } }`,
      'availability',
    );
    expect(byDate).toEqual({ items: [{ status: 'BY_DATE', available: 7, byDate: { available: 17 } }] });
  });

  it('refuses what makes no sense, and who may not ask', async () => {
    for (const given of ['skus: []', 'skus: ["NONE"]', 'skus: ["A"], quantity: 0', 'skus: ["A"], date: "2020-01-01"'])
      expect([given, await refusal(of(given))]).toEqual([given, 'BAD_USER_INPUT']);
    expect(await refusal(of('skus: ["A"]'), { scopes: ['orders:read'] })).toBe('SCOPE_MISSING');
    expect(await refusal(of('skus: ["A"]'), { ...ALL, channel: 'amazon-de' })).toBe('UNKNOWN_ACCOUNT');
    const bound = { ...ALL, channel: 'shop-eu' };
    expect(await refusal(of('skus: ["A"]'), bound)).toBeUndefined();
    const explained = await hub.post(of('skus: ["A"]', 'items { available explanation { atp } }'), {}, bound);
    expect(explained).toMatchObject({
      data: { availability: { items: [{ available: 9, explanation: null }] } },
      errors: [{ extensions: { code: 'SCOPE_MISSING' } }],
    });
  });
});

describe('stock', () => {
  const POSITIONS = `edges { node { sku node onHand atp
    movements(first: 2) { edges { node { bucket delta reason occurredAt } } pageInfo { hasNextPage endCursor } }
    lots(first: 3) { lot onHand } expectedSupply(first: 3) { document announced expectedAt } } } pageInfo { hasNextPage endCursor }`;

  it('shows positions with their ledger, lots and supply, in as many statements for one as for many', async () => {
    let answer: unknown;
    const forThree = await hub.countStatements(async () => {
      answer = await ask(`{ positions(node: "N1", first: 1) { ${POSITIONS} } }`, 'positions');
    });
    expect(answer).toMatchObject({
      edges: [
        {
          node: {
            sku: 'A',
            node: 'N1',
            onHand: 7,
            atp: 7,
            movements: {
              edges: [{ node: { delta: -1, occurredAt: AT } }, { node: { delta: 3 } }],
              pageInfo: { hasNextPage: true },
            },
            lots: [{ lot: 'FIRST', onHand: 3 }, { lot: 'LATER' }],
            expectedSupply: [{ document: 'PO-1', announced: 10, expectedAt: '2026-04-01T00:00:00.000Z' }],
          },
        },
      ],
      pageInfo: { hasNextPage: true },
    });
    const forAll = await hub.countStatements(() => ask(`{ positions(first: 50) { ${POSITIONS} } }`, 'positions'));
    expect([forThree.length, forAll.length]).toEqual([4, 4]);
  });

  it('goes on page by page', async () => {
    interface Page {
      readonly edges: readonly { readonly node: { readonly sku: string; readonly node: string } }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    }
    const seen: string[] = [];
    let after = 'null';
    for (let page = 0; page < 10; page += 1) {
      const { edges, pageInfo } = (await ask(
        `{ positions(first: 2, after: ${after}) { edges { node { sku node } } pageInfo { hasNextPage endCursor } } }`,
        'positions',
      )) as Page;
      seen.push(...edges.map(({ node }) => `${node.sku}@${node.node}`));
      if (!pageInfo.hasNextPage) break;
      after = JSON.stringify(pageInfo.endCursor);
    }
    expect(seen).toEqual(['A@N1', 'A@N2', 'B@N1', 'SKU-1@dc-north', 'SKU-2@dc-north']);
    const ledger = (await ask(
      `{ position(sku: "A", node: "N1") { movements(first: 2) { pageInfo { endCursor } } } }`,
      'position',
    )) as { movements: Page };
    const cursor = JSON.stringify(ledger.movements.pageInfo.endCursor);
    expect(
      await ask(
        `{ position(sku: "A", node: "N1") { movements(first: 2, after: ${cursor}) { edges { node { delta } } pageInfo { hasNextPage } } } }`,
        'position',
      ),
    ).toEqual({ movements: { edges: [{ node: { delta: 5 } }], pageInfo: { hasNextPage: false } } });
    expect(await ask(`{ position(sku: "A", node: "dc-north") { onHand } }`, 'position')).toBeNull();
    expect(await refusal('{ positions(after: "bm9uZQ") { pageInfo { hasNextPage } } }')).toBe('BAD_USER_INPUT');
    expect(await refusal('{ positions(first: 101) { pageInfo { hasNextPage } } }')).toBe('BAD_USER_INPUT');
  });

  it('tells movements for the reasons that are asked for, as the ledger has them', async () => {
    interface Entry {
      readonly id: string;
      readonly reason: string;
    }
    interface Ledger {
      readonly edges: readonly { readonly node: Entry }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    }
    await hub.pool.query(
      `insert into movement (sku, node, bucket, delta, reason, cause_stream, cause_version, occurred_at)
       select p.sku, p.node, 'reserved', 1, r.reason, gen_random_uuid(), 1, now()
       from (values ('SKU-1', 'dc-north'), ('SKU-2', 'dc-north')) as p (sku, node), generate_series(1, 4),
            unnest(array['RESERVE', 'RECEIPT', 'SHIP', 'COUNT', 'UNRESERVE', 'DAMAGE']) as r (reason)`,
    );
    const page = async (given: string): Promise<Ledger> => {
      const fields = `movements(${given}) { edges { node { id reason } } pageInfo { hasNextPage endCursor } }`;
      return (
        (await ask(`{ position(sku: "SKU-1", node: "dc-north") { ${fields} } }`, 'position')) as { movements: Ledger }
      ).movements;
    };
    const all = (await page('first: 100')).edges.map(({ node }) => node);
    for (const reasons of [['COUNT'], ['RESERVE'], ['DAMAGE', 'SHIP', 'RECEIPT'], ['LOSS'], ['COUNT', 'COUNT'], []]) {
      const found: Entry[] = [];
      for (let after = ''; ;) {
        const { edges, pageInfo } = await page(`first: 3, reasons: [${reasons.join(', ')}]${after}`);
        found.push(...edges.map(({ node }) => node));
        if (!pageInfo.hasNextPage) break;
        after = `, after: "${pageInfo.endCursor}"`;
      }
      expect([reasons, found]).toEqual([reasons, all.filter(({ reason }) => reasons.includes(reason))]);
    }
    const both = await ask(
      `{ positions(node: "dc-north") { edges { node { some: movements(first: 1, reasons: [DAMAGE]) { edges { node { reason } } }
         other: movements(first: 1, reasons: [RECEIPT]) { edges { node { reason } } } } } } }`,
      'positions',
    );
    const [some, other] = ['DAMAGE', 'RECEIPT'].map((reason) => ({ edges: [{ node: { reason } }] }));
    const node = { some, other };
    expect(both).toEqual({ edges: [{ node }, { node }] });
  });

  it('shows where each source stands', async () => {
    expect(
      await ask('{ stockFeeds { edges { node { source lastSequence gapFrom gapTo refused } } } }', 'stockFeeds'),
    ).toEqual({
      edges: [
        { node: { source: 'erp', lastSequence: 12, gapFrom: 7, gapTo: 9, refused: 1 } },
        { node: { source: 'wms', lastSequence: 5, gapFrom: null, gapTo: null, refused: 0 } },
      ],
    });
  });

  it('is not for a token of one channel', async () => {
    const bound = { ...ALL, channel: 'shop-eu' };
    expect(await refusal('{ positions { pageInfo { hasNextPage } } }', bound)).toBe('NOT_FOR_CHANNELS');
    expect(await refusal('{ stockFeeds { pageInfo { hasNextPage } } }', bound)).toBe('NOT_FOR_CHANNELS');
    expect(await refusal('{ positions { pageInfo { hasNextPage } } }', { scopes: ['orders:read'] })).toBe(
      'SCOPE_MISSING',
    );
  });
});

const listed = async (given: string): Promise<readonly string[]> => {
  const { edges } = (await ask(
    `{ publications${given} { edges { node { channel wanted told } } } }`,
    'publications',
  )) as {
    edges: readonly { node: { channel: string; wanted: number; told: number | null } }[];
  };
  return edges.map(({ node: { channel, wanted, told } }) => `${channel} ${wanted} ${told}`);
};

describe('publications', () => {
  const QUERY = `{ publications { edges { node { channel listingSku sku wanted told tellings { quantity outcome } } } } }`;

  it('show what was told, newest first; to a token of one channel its own', async () => {
    expect(await ask(QUERY, 'publications', { ...ALL, channel: 'shop-eu' })).toEqual({
      edges: [
        {
          node: {
            channel: 'shop-eu',
            listingSku: 'L-SKU-1',
            sku: 'SKU-1',
            wanted: 4,
            told: 7,
            tellings: [
              { quantity: 7, outcome: 'ACCEPTED' },
              { quantity: 8, outcome: 'REFUSED' },
            ],
          },
        },
      ],
    });
    const statements = await hub.countStatements(() => ask(QUERY, 'publications'));
    expect(statements).toHaveLength(2);
  });

  it('are found by what their channel does not show as it should', async () => {
    const all = await listed('');
    const differing = await listed('(differs: true)');
    expect(differing).toContain('shop-eu 4 7');
    expect([...differing, ...(await listed('(differs: false)'))].toSorted()).toEqual(all.toSorted());
    expect(await listed('(differs: true, channel: "shop-eu", sku: "SKU-1")')).toEqual(['shop-eu 4 7']);
    await hub.pool.query(`update publication set told = wanted where channel = 'shop-eu'`);
    expect(await listed('(differs: true, channel: "shop-eu")')).toEqual([]);
    expect(await listed('(differs: false, channel: "shop-eu")')).toEqual(['shop-eu 4 4']);
  });
});

describe('availabilityChanged', () => {
  it('tells of each change, to a token of one channel of its own alone', async () => {
    const client = await hub.connect({ ...ALL, channel: 'shop-eu' });
    const heard = take(
      client,
      { query: 'subscription { availabilityChanged { channel listingSku quantity before occurredAt cursor } }' },
      1,
    );
    const tell = setInterval(() => void append(), 100);
    const append = async (): Promise<void> => {
      await inTransaction(hub.pool, (tx) =>
        appendEvents(
          tx,
          ['amazon-de', 'shop-eu'].map((channel) => ({
            streamType: 'listing',
            streamId: randomUUIDv7(),
            streamVersion: 1,
            type: 'AvailabilityChanged',
            schemaVersion: 1,
            scope: channel,
            source: 'hub',
            factId: randomUUIDv7(),
            occurredAt: AT,
            data: { channel, listingSku: 'L-SKU-1', quantity: 3, before: 4, cause: 'x' },
          })),
        ),
      );
    };
    const [first] = await heard;
    clearInterval(tell);
    expect(first?.data?.['availabilityChanged']).toMatchObject({
      channel: 'shop-eu',
      listingSku: 'L-SKU-1',
      quantity: 3,
      before: 4,
      occurredAt: AT,
    });
    await client.dispose();
  });
});
