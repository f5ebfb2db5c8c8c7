import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldOf, startGraphHub, type GraphHub } from './spec-support.js';

let hub: GraphHub;

const WHOLE_ORDER = /* GraphQL */ `
  fragment Whole on Order {
    id
    channel
    reference
    displayReference
    status
    version
    placedAt
    currency
    shipMethod
    completedAt
    lines {
      number
      sku
      listingSku
      title
      ordered
      quantities {
        open
        reserved
        released
        picked
        packed
        shipped
        cancelled
        external
      }
      unitPrice {
        minor
        currency
        decimal
      }
      charges {
        kind
        label
        amount {
          decimal
        }
        rate
        includedInPrice
      }
    }
    charges {
      kind
      amount {
        minor
      }
    }
    grandTotal {
      decimal
    }
    fulfillmentOrders {
      node
      status
      wmsReference
      lines {
        sku
        quantity
        shipped
      }
    }
    shipments {
      id
      reference
      node
      shippedAt
      deliveryDocument
      invoice
      packages {
        carrier
        trackingNumber
        sscc
        channelConfirmedAt
        items {
          sku
          quantity
          serials
        }
      }
    }
    erp {
      status
      salesOrder
      reason
    }
    refunds {
      reference
    }
    waitingOn {
      system
      key
      since
      reason
      lastError
    }
    timeline(first: 20) {
      type
      version
      occurredAt
      recordedAt
      source
      detail
    }
    crossReferences {
      system
      kind
      outsideId
      hubKind
      hubId
    }
  }
`;

beforeAll(async () => {
  hub = await startGraphHub();
  const many = Array.from({ length: 55 }, (_, n) => `B-${String(n).padStart(2, '0')}`);
  await hub.orders.accept('amazon-de', ['A-1']);
  await hub.orders.fulfill('amazon-de', 'A-1');
  await hub.orders.accept('shop-eu', many, { placedAt: '2026-02-01T00:00:00.000Z' });
  for (const reference of many.slice(0, 3)) await hub.orders.fulfill('shop-eu', reference);
  await hub.index();
});

afterAll(() => hub.close());

describe('an order', () => {
  it('is shown whole, by its id and by the channel’s', async () => {
    const { id } = await hub.orders.order('amazon-de', 'A-1');
    const { data, errors } = await hub.post(
      `query ($id: ID!) { order(id: $id) { ...Whole } same: orderByReference(channel: "amazon-de", reference: "A-1") { id } } ${WHOLE_ORDER}`,
      { id },
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      same: { id },
      order: {
        channel: 'amazon-de',
        displayReference: '#A-1',
        status: 'SHIPPED',
        placedAt: '2026-03-01T09:59:00.000Z',
        lines: [
          {
            sku: 'SKU-1',
            quantities: { open: 0, shipped: 2 },
            unitPrice: { minor: 1250, currency: 'EUR', decimal: '12.50' },
            charges: [{ kind: 'TAX', amount: { decimal: '3.99' }, rate: '0.19', includedInPrice: true }],
          },
          { sku: 'SKU-2', quantities: { shipped: 1 } },
        ],
        charges: [{ kind: 'DISCOUNT', amount: { minor: -100 } }],
        grandTotal: { decimal: '29.00' },
        fulfillmentOrders: [{ node: 'dc-north', status: 'CLOSED', wmsReference: 'W-A-1-1' }],
        shipments: [
          {
            deliveryDocument: 'D-S-A-1-1',
            invoice: 'I-A-1',
            packages: [
              {
                carrier: 'DHL',
                trackingNumber: 'JJD-A-1-1',
                sscc: null,
                channelConfirmedAt: expect.any(String) as string,
                items: [
                  { sku: 'SKU-1', quantity: 2, serials: ['SN-1'] },
                  { sku: 'SKU-2', quantity: 1 },
                ],
              },
            ],
          },
        ],
        erp: { status: 'CONFIRMED', salesOrder: 'SO-A-1', reason: null },
        waitingOn: [],
        completedAt: expect.any(String) as string,
      },
    });
  });

  it('tells its history with where each step came from, and its ids elsewhere', async () => {
    const answer = await hub.post(
      `{ orderByReference(channel: "amazon-de", reference: "A-1") { version timeline { type version source detail } crossReferences { system kind outsideId } } }`,
    );
    const order = fieldOf(answer, 'orderByReference') as {
      version: number;
      timeline: { type: string; version: number; source: string; detail: object }[];
      crossReferences: object[];
    };
    expect(order.timeline.map((event) => event.version)).toEqual(
      Array.from({ length: order.version }, (_, n) => n + 1),
    );
    expect(order.timeline[0]).toMatchObject({
      type: 'OrderAccepted',
      source: 'amazon-de',
      detail: { lines: 2, units: 3 },
    });
    expect(order.timeline.find((event) => event.type === 'ShipmentConfirmed')).toMatchObject({
      source: 'wms-rest',
      detail: { packages: [{ carrier: 'DHL', trackingNumber: 'JJD-A-1-1', units: 3 }] },
    });
    expect(JSON.stringify(order.timeline)).not.toMatch(/Ada|example\.org|Linden/);
    expect(order.crossReferences).toEqual(
      expect.arrayContaining([
        { system: 'amazon-de', kind: 'order', outsideId: 'A-1' },
        { system: 'sap-s4hana', kind: 'sales-order', outsideId: 'SO-A-1' },
        { system: 'wms-rest', kind: 'release', outsideId: 'W-A-1-1' },
      ]),
    );
  });

  it('that waits says for what, since when and why', async () => {
    const { data } = await hub.post(
      `{ orderByReference(channel: "shop-eu", reference: "B-10") { status completedAt waitingOn { system key since reason } } }`,
    );
    expect(data?.['orderByReference']).toMatchObject({
      status: 'RESERVED',
      completedAt: null,
      waitingOn: [{ system: 'ERP', key: 'ERP:POSTING', since: expect.any(String) as string }],
    });
  });

  it('that does not exist is null', async () => {
    const { data, errors } = await hub.post(
      `{ order(id: "01900000-0000-7000-8000-000000000000") { id } orderByReference(channel: "x", reference: "y") { id } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ order: null, orderByReference: null });
  });
});

function page(first: number): string {
  return `{ orders(first: ${first}) { edges { cursor node { ...Whole parties { masked buyer { name } } } } pageInfo { hasNextPage } } } ${WHOLE_ORDER}`;
}

describe('a page of orders', () => {
  it('costs as many statements with 50 orders as with 5', async () => {
    const small = await hub.countStatements(async () => {
      const { data, errors } = await hub.post(page(5));
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({ orders: { edges: { length: 5 } } });
    });
    const large = await hub.countStatements(async () => {
      const { data } = await hub.post(page(50));
      expect(data).toMatchObject({ orders: { edges: { length: 50 }, pageInfo: { hasNextPage: true } } });
    });
    // The orders, the timelines, the cross-references, the parties.
    expect(small).toHaveLength(4);
    expect(large).toHaveLength(4);
  });

  it('leads to the next, and all pages together show each order once', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const answer = await hub.post(
        `query ($after: Cursor) { orders(first: 20, after: $after) { edges { node { reference } } pageInfo { hasNextPage endCursor } } }`,
        { after },
      );
      const { edges, pageInfo } = fieldOf(answer, 'orders') as {
        edges: { node: { reference: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      seen.push(...edges.map(({ node }) => node.reference));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toHaveLength(56);
    expect(new Set(seen).size).toBe(56);
    expect(seen[0]).toBe('A-1');
  });

  it.each([
    ['{channel: "amazon-de"}', 1],
    ['{statuses: [SHIPPED]}', 4],
    ['{completed: false, channel: "shop-eu"}', 52],
    ['{waitingOn: ERP}', 52],
    ['{waitingOn: STOCK}', 0],
    ['{referencePrefix: "B-0"}', 10],
    ['{channel: null, completed: null}', 56],
  ])('narrowed by %s has %d', async (filter, count) => {
    const answer = await hub.post(`{ orders(first: 100, filter: ${filter}) { edges { node { id } } } }`);
    expect((fieldOf(answer, 'orders') as { edges: unknown[] }).edges).toHaveLength(count);
  });

  it.each([
    ['orders(first: 0)', 'BAD_USER_INPUT', /from 1 to 100/],
    ['orders(first: 101)', 'BAD_USER_INPUT', /from 1 to 100/],
    ['orders(after: "bm9uZQ")', 'CURSOR_NOT_READABLE', /cursor/],
  ])('refuses %s', async (field, code, message) => {
    const { data, errors } = await hub.post(`{ ${field} { edges { node { id } } } }`);
    expect(data).toEqual({ orders: null });
    expect(errors).toMatchObject([{ message: expect.stringMatching(message) as string, extensions: { code } }]);
  });
});

describe('a partner', () => {
  const partner = { channel: 'shop-eu' };

  it('sees the orders of its own channel alone', async () => {
    const foreign = await hub.orders.order('amazon-de', 'A-1');
    const answer = await hub.post(
      `query ($id: ID!) {
         order(id: $id) { id }
         orderByReference(channel: "amazon-de", reference: "A-1") { id }
         own: orderByReference(channel: "shop-eu", reference: "B-01") { reference }
         orders(first: 100) { edges { node { channel } } }
       }`,
      { id: foreign.id },
      partner,
    );
    expect(answer.data).toMatchObject({ order: null, orderByReference: null, own: { reference: 'B-01' } });
    const { edges } = fieldOf(answer, 'orders') as { edges: { node: { channel: string } }[] };
    expect(new Set(edges.map(({ node }) => node.channel))).toEqual(new Set(['shop-eu']));
    expect(edges).toHaveLength(55);
  });

  it('cannot ask for a list of another', async () => {
    const { errors } = await hub.post(
      `{ orders(filter: {channel: "amazon-de"}) { edges { node { id } } } }`,
      {},
      partner,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'UNKNOWN_ACCOUNT' } }]);
  });
});
