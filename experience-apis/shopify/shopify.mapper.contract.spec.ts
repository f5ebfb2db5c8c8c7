import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiplyMoney, sumMoney } from '../../src/model/money.js';
import { interpretWebhook } from './shopify.mapper.js';
import { ACCOUNT, fixtureBody, fixtureNames, onlyOrder, toBody } from './spec-support.js';

/** What each sample must become: `FACTS <kind>`, `IGNORED <reason>` or `REFUSED <reason> <pointer>`, by topic. */
const TABLE: Readonly<Record<string, readonly [topic: string, outcome: string]>> = {
  'doc.2026-04.draft_orders.create.json': ['draft_orders/create', 'IGNORED NOT_RELEVANT'],
  'doc.2026-04.fulfillment_events.create.json': ['fulfillment_events/create', 'IGNORED NOT_RELEVANT'],
  'doc.2026-04.fulfillment_holds.released.json': ['fulfillment_holds/released', 'IGNORED NOT_RELEVANT'],
  'doc.2026-04.fulfillments.create.json': ['fulfillments/create', 'FACTS FULFILLMENT_OBSERVED'],
  'doc.2026-04.order_transactions.create.json': ['order_transactions/create', 'IGNORED NOT_RELEVANT'],
  'doc.2026-04.orders.cancelled.json': ['orders/cancelled', 'FACTS ORDER'],
  'doc.2026-04.orders.create.json': ['orders/create', 'FACTS ORDER'],
  'doc.2026-04.orders.delete.json': ['orders/delete', 'IGNORED NOT_RELEVANT'],
  'doc.2026-04.orders.link_requested.json': ['orders/link_requested', 'IGNORED NOT_RELEVANT'],
  'doc.2026-04.orders.paid.json': ['orders/paid', 'FACTS ORDER'],
  'doc.2026-04.orders.risk_assessment_changed.json': ['orders/risk_assessment_changed', 'IGNORED NOT_RELEVANT'],
  'doc.2026-04.orders.shopify_protect_eligibility_changed.json': [
    'orders/shopify_protect_eligibility_changed',
    'IGNORED NOT_RELEVANT',
  ],
  'doc.2026-04.returns.cancel.json': ['returns/cancel', 'IGNORED NOT_RELEVANT'],
  'doc.2026-04.returns.decline.json': ['returns/decline', 'IGNORED NOT_RELEVANT'],
  'doc.2026-04.returns.reopen.json': ['returns/reopen', 'IGNORED NOT_RELEVANT'],
  'doc.2026-04.returns.update.json': ['returns/update', 'IGNORED NOT_RELEVANT'],
  'doc.2026-04.reverse_deliveries.attach_deliverable.json': [
    'reverse_deliveries/attach_deliverable',
    'IGNORED NOT_RELEVANT',
  ],
  'doc.2026-04.tender_transactions.create.json': ['tender_transactions/create', 'IGNORED NOT_RELEVANT'],
  // A list as the REST API answers it, not a webhook; its one order is looked at below.
  'fixture.orders.json': ['orders/create', 'REFUSED CONTRACT_MISMATCH /id'],
  // The answer of a calculation: nothing was refunded.
  'fixture.refund_calculate.json': ['refunds/create', 'REFUSED CONTRACT_MISMATCH /id'],
  'real.2023-10.orders.1.json': ['orders/updated', 'REFUSED CONTRACT_MISMATCH /currency'],
  'real.2024-01.orders.2.json': ['orders/updated', 'REFUSED CONTRACT_MISMATCH /currency'],
  'real.2024-01.orders.3.json': ['orders/updated', 'REFUSED CONTRACT_MISMATCH /currency'],
  'real.2025-04.orders.1.json': ['orders/updated', 'REFUSED CONTRACT_MISMATCH /currency'],
  'real.2025-04.orders.3.json': ['orders/risk_assessment_changed', 'IGNORED NOT_RELEVANT'],
  'real.2024-01.fulfillments.1.json': ['fulfillments/update', 'FACTS FULFILLMENT_OBSERVED'],
  'real.2025-04.fulfillments.1.json': ['fulfillments/create', 'FACTS FULFILLMENT_OBSERVED'],
  'real.2025-04.fulfillment_events.1.json': ['fulfillment_events/create', 'IGNORED NOT_RELEVANT'],
  'real.2025-04.refunds.2.json': ['refunds/create', 'REFUSED CONTRACT_MISMATCH /transactions/0/currency'],
};

/** Whole families that the hub has no use for, told apart by the name alone. */
const FAMILIES: readonly (readonly [pattern: RegExp, topic: string])[] = [
  [/^doc\.2026-04\.fulfillment_orders\./, 'fulfillment_orders/moved'],
  [/^real\..*\.checkouts\./, 'checkouts/update'],
  [/^real\..*\.draft_orders\./, 'draft_orders/update'],
  [/^real\..*\.order_transactions\./, 'order_transactions/create'],
];

function expected(name: string): readonly [topic: string, outcome: string] {
  const listed = TABLE[name];
  if (listed !== undefined) return listed;
  const family = FAMILIES.find(([pattern]) => pattern.test(name));
  if (family === undefined) throw new Error(`the table does not say what ${name} becomes`);
  return [family[1], 'IGNORED NOT_RELEVANT'];
}

function outcomeOf(topic: string, body: Buffer): string {
  const read = interpretWebhook(ACCOUNT, topic, body);
  if (read.outcome === 'FACTS') return `FACTS ${read.facts.map(({ kind }) => kind).join(' ')}`;
  if (read.outcome === 'IGNORED') return `IGNORED ${read.reason}`;
  return `REFUSED ${read.reason} ${read.pointer ?? ''}`;
}

describe('every Shopify sample', () => {
  it.each(fixtureNames())('%s has the outcome of the table', (name) => {
    const [topic, outcome] = expected(name);
    expect(outcomeOf(topic, toBody(fixtureBody(name)))).toBe(outcome);
  });

  it.each(fixtureNames())('%s has the same outcome with fields that nobody knows', (name) => {
    const [topic] = expected(name);
    const body = fixtureBody(name);
    const before = interpretWebhook(ACCOUNT, topic, toBody(body));
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue(), { maxKeys: 3 }),
        fc.nat(6),
        (extra, depth) => {
          expect(interpretWebhook(ACCOUNT, topic, toBody(withExtra(body, extra, depth)))).toEqual(before);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('is in the table under a name that exists', () => {
    const names = fixtureNames();
    expect(Object.keys(TABLE).filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('the sums of the real samples', () => {
  it.each(['doc.2026-04.orders.create.json', 'doc.2026-04.orders.cancelled.json', 'doc.2026-04.orders.paid.json'])(
    '%s: goods and charges make the total',
    (name) => {
      const order = onlyOrder(interpretWebhook(ACCOUNT, 'orders/create', toBody(fixtureBody(name))));
      const goods = order.lines.map((line) => multiplyMoney(line.unitPrice, line.quantity));
      const charges = [...order.charges, ...order.lines.flatMap((line) => line.charges)];
      const total = sumMoney([...goods, ...charges.map(({ amount }) => amount)], order.currency);
      expect(total).toEqual(order.grandTotal);
      expect(total).toEqual({ minor: 40_495, currency: 'USD' });
    },
  );

  it('the order of the REST fixture has totals and no lines: refused by name', () => {
    const { orders } = fixtureBody('fixture.orders.json') as { orders: readonly unknown[] };
    expect(outcomeOf('orders/updated', toBody(orders[0]))).toBe('REFUSED NO_LINES /line_items');
  });

  it('an anonymised order in a real currency is refused at its first amount', () => {
    const body = { ...fixtureBody('real.2025-04.orders.1.json'), currency: 'USD' };
    expect(outcomeOf('orders/updated', toBody(body))).toMatch(/^REFUSED CONTRACT_MISMATCH \/.*currency_code$/);
  });
});

/** Adds unknown fields to the objects of the given depth; 0 is the body. Names start so that they are no field of Shopify's. */
function withExtra(json: unknown, extra: Readonly<Record<string, unknown>>, depth: number): unknown {
  if (Array.isArray(json)) return json.map((item) => withExtra(item, extra, depth));
  if (typeof json !== 'object' || json === null) return json;
  if (depth > 0)
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, withExtra(value, extra, depth - 1)]));
  const unknown = Object.entries(extra).map(([key, value]) => [`x-unknown-${key}`, value]);
  return { ...json, ...Object.fromEntries(unknown) };
}
