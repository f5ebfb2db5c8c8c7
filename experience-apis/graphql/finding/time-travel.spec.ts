import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldOf, READ, type Answer } from '../spec-support.js';
import { startFindingHub, type FindingHub } from './testing/finding-hub.js';

const HOUSE = { scopes: [...READ, 'operations:read'] };

let hub: FindingHub;

beforeAll(async () => {
  hub = await startFindingHub();
});

afterAll(() => hub.close());

function then(asOf: string | undefined): Promise<Answer> {
  return hub.post(
    `query ($asOf: DateTime) { orderByReference(channel: "amazon-de", reference: "A-100", asOf: $asOf) {
       status version asOf updatedAt overdue erp { status } shipments { reference } waitingOn { key }
       timeline(first: 100) { type version cursor factId } crossReferences { kind outsideId } } }`,
    { asOf },
  );
}

describe('an order of the past', () => {
  it('is as it was, with what had happened until then', async () => {
    const accepted = fieldOf(await then(hub.instants.accepted), 'orderByReference') as {
      version: number;
      timeline: readonly unknown[];
      crossReferences: readonly { kind: string }[];
    };
    expect(accepted).toMatchObject({
      status: 'RESERVED',
      asOf: hub.instants.accepted,
      overdue: false,
      erp: { status: 'REQUESTED' },
      shipments: [],
      waitingOn: [{ key: 'ERP:POSTING' }],
    });
    expect(accepted.timeline).toHaveLength(accepted.version);
    expect(accepted.crossReferences.map(({ kind }) => kind)).not.toContain('sales-order');
    expect(accepted.crossReferences.map(({ kind }) => kind)).toContain('order');
    const shipped = fieldOf(await then(hub.instants.shipped), 'orderByReference');
    expect(shipped).toMatchObject({ status: 'SHIPPED', erp: { status: 'CONFIRMED' } });
    expect((shipped as typeof accepted).crossReferences.map(({ kind }) => kind)).toContain('sales-order');
  });

  it('is what it was after each of its events', async () => {
    const id = await hub.idOf('amazon-de', 'A-100');
    const answer = await hub.post(`{ order(id: "${id}") { timeline(first: 100) { version recordedAt } } }`);
    const { timeline } = fieldOf(answer, 'order') as { timeline: { version: number; recordedAt: string }[] };
    for (const { recordedAt } of timeline) {
      const past = await hub.post(`{ order(id: "${id}", asOf: "${recordedAt}") { version updatedAt } }`);
      const version = timeline.findLast((event) => event.recordedAt <= recordedAt)?.version;
      expect(fieldOf(past, 'order')).toEqual({ version, updatedAt: recordedAt });
    }
  });

  it('is null before it existed, as it is now without an instant, and refused in the future', async () => {
    expect((await then(hub.instants.before)).data).toEqual({ orderByReference: null });
    expect(fieldOf(await then(undefined), 'orderByReference')).toMatchObject({ status: 'SHIPPED', asOf: null });
    expect((await then('2999-01-01T00:00:00Z')).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('is hidden from other channels like the order itself', async () => {
    const id = await hub.idOf('amazon-de', 'A-100');
    const { data } = await hub.post(
      `{ order(id: "${id}", asOf: "${hub.instants.accepted}") { id } }`,
      {},
      { channel: 'shop-eu' },
    );
    expect(data).toEqual({ order: null });
  });
});

function lineage(args: string, wish: object = HOUSE): Promise<Answer> {
  return hub.post(
    `{ orderByReference(channel: "amazon-de", reference: "A-100") { lineage${args} {
       pointer value event { type version } source factId fact messageId message { id } since } } }`,
    {},
    wish,
  );
}

const statementsOfPage = (first: number): Promise<readonly string[]> =>
  hub.countStatements(async () => {
    const query = `{ orders(first: ${first}) { edges { node { lineage(first: 50) { fact message { id } } } } } }`;
    const { edges } = fieldOf(await hub.post(query, {}, HOUSE), 'orders') as { edges: readonly object[] };
    expect(edges).toHaveLength(first);
  });

describe('the lineage of a value', () => {
  it('is read for a page of orders in as many statements as for one', async () => {
    expect(await statementsOfPage(4)).toHaveLength((await statementsOfPage(1)).length);
  });

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

  it('names the message that carried the fact, where one did', async () => {
    const account = { id: 'shop-eu', kind: 'told', name: 'shop-eu', active: true, settings: {} };
    hub.intake.register('told', () => ({
      outcome: 'FACTS',
      facts: [{ kind: 'CANCELLATION_REQUESTED', reference: 'A-101', requestId: 'C-1', reason: 'changed my mind' }],
    }));
    const body = Buffer.from('{}');
    const { messageId } = await hub.intake.receive({ account, topic: 'cancelled', messageId: 'm-1', body });
    const answer = await hub.post(
      `{ orderByReference(channel: "shop-eu", reference: "A-101") {
         lineage(pointers: ["/lines/0/quantities/cancelled"]) { source messageId message { topic } } } }`,
      {},
      HOUSE,
    );
    const { lineage: found } = fieldOf(answer, 'orderByReference') as { lineage: readonly object[] };
    expect(found).toEqual([{ source: 'shop-eu', messageId, message: { topic: 'cancelled' } }]);
  });

  it('shows sentences of others without addresses of persons', async () => {
    await hub.orders.accept('shop-eu', ['C-300']);
    const orderId = await hub.idOf('shop-eu', 'C-300');
    const held = { kind: 'HoldPlaced', hold: 'FRAUD', reason: 'ask bob@example.org', by: 'operator:ada' } as const;
    await hub.orders.tell('operator', { by: 'ID', orderId }, held);
    const answer = await hub.post(`{ order(id: "${orderId}") { lineage(first: 200) { value fact } } }`, {}, HOUSE);
    const told = JSON.stringify(fieldOf(answer, 'order'));
    expect(told).toContain('ask b***@***.org');
    expect(told).not.toContain('bob@example.org');
  });

  it('of an order of the past ends then', async () => {
    const answer = await hub.post(
      `{ orderByReference(channel: "amazon-de", reference: "A-100", asOf: "${hub.instants.accepted}") {
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
