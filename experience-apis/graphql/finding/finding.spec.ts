import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldOf, READ, refusalOf, startGraphHub, type Answer, type GraphHub } from '../spec-support.js';

const HOUSE = { scopes: [...READ, 'operations:read'] };
const PII = { scopes: [...READ, 'pii:read'], subject: 'ada' };

let hub: GraphHub;
/** After each stage of A-1. */
const instants: Record<string, string> = {};

interface Hit {
  readonly kind: string;
  readonly matched: string;
  readonly exact: boolean;
  readonly subject: { readonly reference: string };
}

async function passed(): Promise<string> {
  const { rows } = await hub.pool.query<{ at: Date }>('select clock_timestamp() as at');
  await sleep(3);
  return rows[0]?.at.toISOString() ?? '';
}

async function idOf(channel: string, reference: string): Promise<string> {
  return (await hub.orders.order(channel, reference)).id;
}

beforeAll(async () => {
  hub = await startGraphHub();
  instants['before'] = await passed();
  await hub.orders.accept('amazon-de', ['A-100']);
  instants['accepted'] = await passed();
  await hub.orders.fulfill('amazon-de', 'A-100');
  instants['shipped'] = await passed();
  const parties = { buyer: { name: 'Bob', email: 'Bob@Example.org' } };
  await hub.orders.accept('shop-eu', ['A-101', 'B-200', '0000300'], { parties, placedAt: '2026-02-01T00:00:00.000Z' });
  const held = { by: 'ID', orderId: await idOf('shop-eu', 'B-200') } as const;
  await hub.orders.tell('operator', held, {
    kind: 'HoldPlaced',
    hold: 'FRAUD',
    reason: 'looks odd',
    by: 'operator:ada',
  });
  await hub.index();
});

afterAll(() => hub.close());

async function search(text: string, wish = {}, first = 20): Promise<readonly Hit[]> {
  const answer = await hub.post(
    `query ($text: String!, $first: Int!) { search(text: $text, first: $first) {
       hits { kind matched exact subject { ... on Order { reference } } } more kindsTried } }`,
    { text, first },
    wish,
  );
  return (fieldOf(answer, 'search') as { hits: readonly Hit[] }).hits;
}

const briefly = (hits: readonly Hit[]): readonly unknown[] =>
  hits.map(({ kind, exact, subject }) => [kind, exact, subject.reference]);

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
    const [first] = await search(text);
    expect(first).toMatchObject({ kind, exact: true, subject: { reference } });
  });

  it('finds what begins so after what is so, the newest first', async () => {
    expect(briefly(await search('A-10'))).toEqual([
      ['ORDER_NUMBER', false, 'A-100'],
      ['ORDER_NUMBER', false, 'A-101'],
    ]);
    const answer = await hub.post(`{ search(text: "A-10", first: 1) { hits { matched } more kindsTried } }`);
    expect(fieldOf(answer, 'search')).toMatchObject({ hits: [{ matched: 'A-100' }], more: true });
  });

  it('finds by the hub’s id, and by how it begins', async () => {
    const id = await idOf('amazon-de', 'A-100');
    expect(briefly(await search(id.toUpperCase()))).toEqual([['HUB_ID', true, 'A-100']]);
    expect(briefly(await search(id.slice(0, 30)))).toContainEqual(['HUB_ID', false, 'A-100']);
  });

  it('finds by the buyer’s address as a whole alone, and keeps none of it', async () => {
    expect(briefly(await search(' bob@EXAMPLE.org')).toSorted()).toEqual([
      ['EMAIL', true, '0000300'],
      ['EMAIL', true, 'A-101'],
      ['EMAIL', true, 'B-200'],
    ]);
    expect(await search('bob@example.com')).toEqual([]);
    expect(await search('bob@exam')).toEqual([]);
    const { rows } = await hub.pool.query<{ found: string }>(
      `select (select string_agg(t::text, ',') from search_term t) || (select string_agg(e::text, ',') from search_email e) as found`,
    );
    expect(rows[0]?.found).not.toMatch(/bob|example|Bob/i);
  });

  it('finds orders that hold an item or a listing', async () => {
    const bySku = await search('sku-1');
    expect(bySku.map(({ kind, exact }) => [kind, exact])).toEqual(Array.from({ length: 4 }, () => ['SKU', true]));
    expect((await search('L-SKU-2')).map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'LISTING'));
  });

  it('shows a bound token its own orders alone', async () => {
    const partner = { channel: 'shop-eu' };
    expect(await search('A-100', partner)).toEqual([]);
    expect(briefly(await search('A-10', partner))).toEqual([['ORDER_NUMBER', false, 'A-101']]);
    expect(await search('ada@example.org', partner)).toEqual([]);
    expect(await search(await idOf('amazon-de', 'A-100'), partner)).toEqual([]);
    expect(await search('SKU-1', partner)).toHaveLength(3);
    expect(await search('SKU-1', { channel: 'amazon-de' })).toHaveLength(1);
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

describe('the list of orders', () => {
  const list = async (given: string): Promise<readonly string[]> => {
    const answer = await hub.post(`{ orders(${given}) { edges { node { reference } } } }`);
    return (fieldOf(answer, 'orders') as { edges: { node: { reference: string } }[] }).edges.map(
      ({ node }) => node.reference,
    );
  };

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
  ])('is narrowed by %s', async (filter, references) => {
    expect((await list(`filter: ${filter}`)).toSorted()).toEqual(references);
  });

  it('shows what is late, and no more once it is not', async () => {
    await hub.pool.query(`update listed_order set due_at = now() - interval '1 hour' where reference = 'A-101'`);
    expect(await list('filter: {overdue: true}')).toEqual(['A-101']);
    await hub.index();
    expect(await list('filter: {overdue: true}')).toEqual([]);
  });

  it('leaves out what fits no longer, though the list does not know it yet', async () => {
    const orderId = await idOf('shop-eu', 'A-101');
    await hub.pool.query(`update listed_order set facets = facets || '{held}' where order_id = $1`, [orderId]);
    expect(await list('filter: {held: true}')).toEqual(['B-200']);
    await hub.index();
  });

  it.each(['PLACED_DESC', 'PLACED_ASC', 'UPDATED_DESC', 'DUE'])('sorted by %s shows each order once', async (sort) => {
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
    if (sort === 'PLACED_DESC') expect(seen[0]).toBe('A-100');
    if (sort === 'PLACED_ASC') expect(seen[3]).toBe('A-100');
    if (sort === 'UPDATED_DESC') expect(seen[0]).toBe('B-200');
    // No clock runs in what is done.
    if (sort === 'DUE') expect(seen[3]).toBe('A-100');
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

describe('an order of the past', () => {
  const then = (asOf: string | undefined): Promise<Answer> =>
    hub.post(
      `query ($asOf: DateTime) { orderByReference(channel: "amazon-de", reference: "A-100", asOf: $asOf) {
         status version asOf updatedAt overdue erp { status } shipments { reference } waitingOn { key }
         timeline(first: 100) { type version cursor factId } crossReferences { kind outsideId } } }`,
      { asOf },
    );

  it('is as it was, with what had happened until then', async () => {
    const accepted = fieldOf(await then(instants['accepted']), 'orderByReference') as {
      version: number;
      timeline: readonly unknown[];
      crossReferences: readonly { kind: string }[];
    };
    expect(accepted).toMatchObject({
      status: 'RESERVED',
      asOf: instants['accepted'],
      overdue: false,
      erp: { status: 'REQUESTED' },
      shipments: [],
      waitingOn: [{ key: 'ERP:POSTING' }],
    });
    expect(accepted.timeline).toHaveLength(accepted.version);
    expect(accepted.crossReferences.map(({ kind }) => kind)).not.toContain('sales-order');
    expect(accepted.crossReferences.map(({ kind }) => kind)).toContain('order');
    const shipped = fieldOf(await then(instants['shipped']), 'orderByReference');
    expect(shipped).toMatchObject({ status: 'SHIPPED', erp: { status: 'CONFIRMED' } });
    expect((shipped as typeof accepted).crossReferences.map(({ kind }) => kind)).toContain('sales-order');
  });

  it('is what it was after each of its events', async () => {
    const id = await idOf('amazon-de', 'A-100');
    const answer = await hub.post(`{ order(id: "${id}") { timeline(first: 100) { version recordedAt } } }`);
    const { timeline } = fieldOf(answer, 'order') as { timeline: { version: number; recordedAt: string }[] };
    for (const { recordedAt } of timeline) {
      const past = await hub.post(`{ order(id: "${id}", asOf: "${recordedAt}") { version updatedAt } }`);
      const version = timeline.findLast((event) => event.recordedAt <= recordedAt)?.version;
      expect(fieldOf(past, 'order')).toEqual({ version, updatedAt: recordedAt });
    }
  });

  it('is null before it existed, as it is now without an instant, and refused in the future', async () => {
    expect((await then(instants['before'])).data).toEqual({ orderByReference: null });
    expect(fieldOf(await then(undefined), 'orderByReference')).toMatchObject({ status: 'SHIPPED', asOf: null });
    expect((await then('2999-01-01T00:00:00Z')).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('is hidden from other channels like the order itself', async () => {
    const id = await idOf('amazon-de', 'A-100');
    const { data } = await hub.post(
      `{ order(id: "${id}", asOf: "${instants['accepted']}") { id } }`,
      {},
      { channel: 'shop-eu' },
    );
    expect(data).toEqual({ order: null });
  });
});

describe('the lineage of a value', () => {
  const lineage = (args: string, wish: object = HOUSE): Promise<Answer> =>
    hub.post(
      `{ orderByReference(channel: "amazon-de", reference: "A-100") { lineage${args} {
         pointer value event { type version } source factId fact messageId message { id } since } } }`,
      {},
      wish,
    );

  it('names the event, the system and the fact that set it', async () => {
    const answer = await lineage('(pointers: ["/erp/salesOrder", "/lines/0/quantities/shipped"])');
    const { lineage: found } = fieldOf(answer, 'orderByReference') as { lineage: readonly object[] };
    expect(found).toMatchObject([
      {
        pointer: '/erp/salesOrder',
        value: 'SO-A-100',
        event: { type: 'SalesOrderPosted' },
        source: 'sap-s4hana',
        fact: { body: { kind: 'SalesOrderPosted', salesOrder: 'SO-A-100' } },
        messageId: null,
      },
      {
        pointer: '/lines/0/quantities/shipped',
        value: 2,
        event: { type: 'ShipmentConfirmed' },
        source: 'wms-rest',
      },
    ]);
  });

  it('of an order of the past ends then', async () => {
    const answer = await hub.post(
      `{ orderByReference(channel: "amazon-de", reference: "A-100", asOf: "${instants['accepted']}") {
         lineage(first: 200) { source } } }`,
      {},
      HOUSE,
    );
    const { lineage: found } = fieldOf(answer, 'orderByReference') as { lineage: readonly { source: string }[] };
    expect(new Set(found.map(({ source }) => source))).toEqual(new Set(['amazon-de']));
  });

  it('needs the scope, is not for a bound token, and takes pointers alone', async () => {
    expect((await lineage('', {})).errors).toMatchObject([{ extensions: { code: 'SCOPE_MISSING' } }]);
    const bound = await lineage('', { ...HOUSE, channel: 'amazon-de' });
    expect(bound.errors).toMatchObject([{ extensions: { code: 'NOT_FOR_CHANNELS' } }]);
    for (const args of ['(pointers: ["erp"])', '(pointers: [])', '(first: 201)'])
      expect((await lineage(args)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('persons', () => {
  const query = (reveal: string): string => `{ orderByReference(channel: "amazon-de", reference: "A-100") {
    parties${reveal} { masked buyer { name email phone } shipTo { name line1 city postalCode country }
      giftMessages { lineReference message } } } }`;
  const CLEAR = {
    masked: false,
    buyer: { name: 'Ada Lovelace', email: 'ada@example.org', phone: '+49 30 123456' },
    shipTo: { name: 'Ada Lovelace', line1: 'Unter den Linden 1', city: 'Berlin', postalCode: '10117', country: 'DE' },
    giftMessages: [{ lineReference: null, message: 'For you, Charles' }],
  };
  const MASKED = {
    masked: true,
    buyer: { name: 'A*** L***', email: 'a***@***.org', phone: '***56' },
    shipTo: { name: 'A*** L***', line1: '***', city: '***', postalCode: '***', country: 'DE' },
    giftMessages: [{ lineReference: null, message: '***' }],
  };
  const reveals = async (): Promise<readonly object[]> => {
    const { rows } = await hub.pool.query<object>(
      `select actor, subject_type, subject_id, outcome from audit where action = 'REVEAL_PARTIES' order by id`,
    );
    return rows;
  };

  it('are masked to everyone who does not ask for them', async () => {
    for (const wish of [{}, PII])
      expect((await hub.post(query(''), {}, wish)).data).toEqual({ orderByReference: { parties: MASKED } });
    expect(await reveals()).toEqual([]);
  });

  it('are not revealed without the scope', async () => {
    const { errors, data } = await hub.post(query('(reveal: true)'));
    expect(errors).toMatchObject([{ extensions: { code: 'SCOPE_MISSING' } }]);
    expect(JSON.stringify(data)).not.toContain('Ada');
    expect(await reveals()).toEqual([]);
  });

  it('are shown with it, and who saw them is written down, for all of an operation in one statement', async () => {
    const { data } = await hub.post(query('(reveal: true)'), {}, PII);
    expect(data).toEqual({ orderByReference: { parties: CLEAR } });
    const subject_id = await idOf('amazon-de', 'A-100');
    expect(await reveals()).toEqual([{ actor: 'ada', subject_type: 'order', subject_id, outcome: 'DONE' }]);
    const statements = await hub.countStatements(async () => {
      const page = await hub.post(
        `{ orders(first: 4) { edges { node { a: parties(reveal: true) { note } b: parties(reveal: true) { masked } } } } }`,
        {},
        PII,
      );
      expect(page.errors).toBeUndefined();
    });
    expect(statements.filter((text) => text.includes('insert into audit'))).toHaveLength(1);
    expect(await reveals()).toHaveLength(5);
  });

  it('stay hidden when it cannot be written down', async () => {
    await hub.pool.query('alter table audit rename to audit_away');
    try {
      const { data, errors } = await hub.post(query('(reveal: true)'), {}, PII);
      expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
      expect(JSON.stringify(data)).not.toContain('Ada');
    } finally {
      await hub.pool.query('alter table audit_away rename to audit');
    }
  });

  it('are gone with their erasure, and nothing finds the order by them', async () => {
    await hub.orders.accept('shop-eu', ['E-1'], { parties: { buyer: { email: 'gone@example.org' } } });
    await hub.index();
    expect(await search('gone@example.org')).toHaveLength(1);
    const id = await idOf('shop-eu', 'E-1');
    await hub.pool.query('delete from order_parties where order_id = $1', [id]);
    expect(await search('gone@example.org')).toEqual([]);
    await hub.index();
    expect(await search('gone@example.org')).toEqual([]);
    const { data } = await hub.post(`{ order(id: "${id}") { parties(reveal: true) { note } } }`, {}, PII);
    expect(data).toEqual({ order: { parties: null } });
    expect((await reveals()).at(-1)).toMatchObject({ subject_id: id, outcome: 'NOT_FOUND' });
  });

  it('are not revealed in a subscription', async () => {
    const client = await hub.connect(PII);
    const after = await hub.post(
      `{ orderByReference(channel: "amazon-de", reference: "A-100") { timeline(first: 1) { cursor } } }`,
    );
    const { timeline } = fieldOf(after, 'orderByReference') as { timeline: readonly { cursor: string }[] };
    const errors = await refusalOf(client, {
      query: `subscription { orderChanged(after: "${timeline[0]?.cursor}") { order { parties(reveal: true) { note } } } }`,
    });
    expect(errors).toMatchObject([{ extensions: { code: 'REVEAL_NOT_LIVE' } }]);
    await client.dispose();
  });
});
