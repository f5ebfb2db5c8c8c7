import { describe, expect, it } from 'vitest';
import type { OrderFactBody } from './orders.facts.js';
import { CHANNEL, channelOrder, REFERENCE, versionAt } from './testing/channel-orders.js';
import { Harness } from './testing/harness.js';
import { remainingOf, shipped } from './testing/outside.js';
import { orderAt } from './testing/stages.js';
import { expectSettled, fo, tell, types, unitsIn } from './testing/story.js';

const OLD = { name: 'Ada', line1: 'Old Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
const NEW = { name: 'Ada', line1: 'New Street 2', city: 'Graz', postalCode: '8010', country: 'AT' };
const CORRECTED: OrderFactBody = { kind: 'AddressCorrected', shipTo: NEW, by: 'operator:ada' };

function told(version: number, given: Parameters<typeof channelOrder>[0] = {}): OrderFactBody {
  return {
    kind: 'ChannelOrderReceived',
    order: channelOrder({ version: versionAt(version), parties: { shipTo: OLD }, ...given }),
  };
}

function shipToOf(harness: Harness): unknown {
  return harness.parties.get(harness.order.id)?.shipTo;
}

function problems(harness: Harness): readonly string[] {
  return [...harness.problems.values()].map(({ category }) => category);
}

/** An order to the old address, with a warehouse. */
function atWarehouse(): Harness {
  const harness = new Harness({ stock: { 'A@N1': 10, 'B@N1': 10 } });
  tell(harness, told(1), { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {} });
  tell(harness, { kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' });
  return harness;
}

function released(harness: Harness, index = 0): OrderFactBody {
  return { kind: 'FulfillmentReleased', fulfillmentOrderId: fo(harness, index).id, wmsReference: `W-${index}` };
}

describe('a corrected address', () => {
  it('is in the sealed parties and in no event, and sourcing knows the place', () => {
    const harness = new Harness({ stock: {} });
    tell(harness, told(1));
    const { events } = tell(harness, CORRECTED);
    expect(JSON.stringify(events)).not.toContain('New Street');
    expect(shipToOf(harness)).toEqual(NEW);
    expect(harness.order.destination).toEqual({ country: 'AT', postalZone: '801' });
    expect(types(tell(harness, CORRECTED))).toEqual([]);
  });

  it('stays when the channel tells the old one again, and goes when the channel tells another', () => {
    const harness = new Harness({ stock: {} });
    tell(harness, told(1), CORRECTED, told(2));
    expect(shipToOf(harness)).toEqual(NEW);
    expect(harness.order.destination?.country).toBe('AT');
    const third = { ...OLD, line1: 'Third Street 3' };
    tell(harness, told(3, { parties: { shipTo: third } }));
    expect(shipToOf(harness)).toEqual(third);
    // Channels blank personal data after a while.
    tell(harness, told(4, { parties: { shipTo: { country: 'DE' } } }));
    expect(shipToOf(harness)).toEqual(third);
  });

  it('takes work back that a warehouse was told with the old one, and releases it anew', () => {
    const harness = atWarehouse();
    tell(harness, released(harness));
    expect(types(tell(harness, CORRECTED))).toEqual([
      'AddressCorrected',
      'FulfillmentRecalled',
      'FulfillmentCancelRequested',
    ]);
    const { tasks } = tell(harness, { kind: 'FulfillmentCancelled', fulfillmentOrderId: fo(harness).id });
    expect(tasks).toMatchObject([{ kind: 'wms.release', payload: { fulfillmentOrderId: fo(harness, 1).id } }]);
    expect(problems(harness)).toEqual([]);
    expectSettled(harness);
    expect(unitsIn(harness).shipped).toBe(5);
  });

  it('that comes while the release is under way waits for the answer', () => {
    const harness = atWarehouse();
    expect(tell(harness, CORRECTED).tasks).toEqual([]);
    expect(tell(harness, released(harness)).tasks).toMatchObject([{ kind: 'wms.cancel' }]);
  });

  it('that comes too late is a problem until the parcel is there', () => {
    const harness = atWarehouse();
    tell(harness, released(harness), CORRECTED);
    tell(harness, { kind: 'FulfillmentCancelRefused', fulfillmentOrderId: fo(harness).id, reason: 'packed' });
    expect([...harness.problems.values()]).toMatchObject([
      {
        category: 'ADDRESS_FAILURE',
        sentence: `Order R-1 of shop-eu: the goods go to the former address. N1 said it was too late: packed.`,
        subject: { fulfillmentOrderId: fo(harness).id, node: 'N1' },
      },
    ]);
    tell(harness, shipped(fo(harness).id, 'S-1', remainingOf(fo(harness))));
    expectSettled(harness);
    expect(problems(harness)).toEqual(['ADDRESS_FAILURE']);
    const packageId = harness.order.shipments[0]?.packages[0]?.id ?? '';
    tell(harness, { kind: 'PackageTracked', packageId, status: 'DELIVERED', at: versionAt(90) });
    expect(problems(harness)).toEqual([]);
    expect(harness.order.shipments[0]?.packages[0]?.deliveredAt).toBe(versionAt(90));
  });

  it('of the channel is treated alike', () => {
    const harness = atWarehouse();
    tell(harness, released(harness));
    const { events } = tell(harness, told(2, { parties: { shipTo: NEW } }));
    expect(events).toMatchObject([
      { type: 'OrderAmended', addressChanged: true },
      { type: 'FulfillmentRecalled', because: 'ADDRESS' },
      { type: 'FulfillmentCancelRequested' },
    ]);
    expectSettled(harness);
  });

  it('that only a phone number changes recalls nothing', () => {
    const harness = atWarehouse();
    tell(harness, released(harness));
    expect(types(tell(harness, told(2, { parties: { shipTo: { ...OLD, phone: '+49 30' } } })))).toEqual([
      'OrderAmended',
    ]);
  });
});

describe('a release that says something else than the one before', () => {
  it('has the earlier one stopped first, then goes out under another id', () => {
    const harness = atWarehouse();
    const fulfillmentOrderId = fo(harness).id;
    tell(harness, CORRECTED);
    expect(tell(harness, { kind: 'FulfillmentRefusedAsDifferent', fulfillmentOrderId }).tasks).toMatchObject([
      { kind: 'wms.cancel', payload: { fulfillmentOrderId } },
    ]);
    expect(tell(harness, { kind: 'FulfillmentCancelled', fulfillmentOrderId }).tasks).toMatchObject([
      { kind: 'wms.release', payload: { fulfillmentOrderId: fo(harness, 1).id } },
    ]);
    expectSettled(harness);
  });

  it('is a problem when the warehouse cannot stop', () => {
    const harness = atWarehouse();
    const fulfillmentOrderId = fo(harness).id;
    tell(harness, { kind: 'FulfillmentRefusedAsDifferent', fulfillmentOrderId });
    tell(harness, { kind: 'FulfillmentCancelRefused', fulfillmentOrderId, reason: 'gone' });
    expect(problems(harness)).toEqual(['LATE_AMENDMENT']);
    tell(harness, shipped(fulfillmentOrderId, 'S-1', remainingOf(fo(harness))));
    expect(problems(harness)).toEqual([]);
  });
});

describe('a corrected ship method', () => {
  it('stays when the channel tells its own again, and goes with another', () => {
    const harness = new Harness({ stock: {} });
    tell(harness, told(1, { shipMethod: 'STANDARD' }));
    tell(harness, { kind: 'ShipMethodCorrected', shipMethod: 'EXPRESS', by: 'operator:ada' });
    tell(harness, told(2, { shipMethod: 'STANDARD' }));
    expect(harness.order).toMatchObject({ shipMethod: 'EXPRESS', shipMethodTold: 'STANDARD' });
    tell(harness, told(3, { shipMethod: 'FREIGHT' }));
    expect(harness.order.shipMethod).toBe('FREIGHT');
    expect(harness.order).not.toHaveProperty('shipMethodTold');
  });
});

function reSource(fulfillmentOrderId?: string): OrderFactBody {
  const ofOne = fulfillmentOrderId === undefined ? {} : { fulfillmentOrderId };
  return { kind: 'ReSourceRequested', by: 'operator:ada', reason: 'strike', ...ofOne };
}

describe('units that a person wants from another node', () => {
  it('move at once while no node was told', () => {
    const harness = orderAt('requested');
    tell(harness, reSource(fo(harness).id));
    expect(fo(harness, 1)).toMatchObject({ node: 'N2', status: 'PLANNED' });
    expectSettled(harness);
  });

  it('stay when no other node has them', () => {
    const harness = new Harness({ stock: { 'A@N1': 3, 'B@N1': 2 } });
    tell(harness, told(1));
    expect(tell(harness, reSource(fo(harness).id)).outcome).toMatchObject({
      result: 'REJECTED',
      reason: 'no other node than N1 has the units: they stay there',
    });
  });

  it('are taken from the node that has them, when it agrees; from the same one when no other has them then', () => {
    const harness = orderAt('released');
    tell(harness, reSource(fo(harness).id), { kind: 'FulfillmentCancelled', fulfillmentOrderId: fo(harness).id });
    expect(fo(harness, 1).node).toBe('N2');
    const alone = atWarehouse();
    tell(alone, released(alone), reSource(fo(alone).id));
    tell(alone, { kind: 'FulfillmentCancelled', fulfillmentOrderId: fo(alone).id });
    expect(fo(alone, 1).node).toBe('N1');
    expectSettled(alone);
  });

  it.each(['the wish', 'the failure'])(
    'of a release that failed for good are stopped there first; %s comes last',
    (last) => {
      const harness = new Harness({ stock: { 'A@N1': 10, 'B@N1': 10, 'A@N2': 10, 'B@N2': 10 } });
      tell(harness, told(1), { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {} });
      tell(harness, { kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' });
      const { id: fulfillmentOrderId, node } = fo(harness);
      const failure: OrderFactBody = {
        kind: 'OutsideCallFailed',
        waitKey: 'WMS:RELEASE:1',
        system: 'WMS',
        operation: 'wms.release',
        error: 'does not fit',
        errorKind: 'contract',
        final: true,
      };
      const wish: OrderFactBody = {
        kind: 'ReSourceRequested',
        fulfillmentOrderId,
        by: 'operator:ada',
        reason: 'elsewhere',
      };
      const [one, other] = last === 'the wish' ? [failure, wish] : [wish, failure];
      expect(tell(harness, one).tasks).toEqual([]);
      expect(tell(harness, other).tasks).toMatchObject([{ kind: 'wms.cancel', payload: { fulfillmentOrderId } }]);
      expect(problems(harness)).toEqual([]);
      const { tasks } = tell(harness, { kind: 'FulfillmentCancelled', fulfillmentOrderId });
      expect(tasks).toMatchObject([{ kind: 'wms.release', key: fo(harness, 1).id }]);
      expect(fo(harness, 1).node).not.toBe(node);
      expectSettled(harness);
    },
  );

  it('are asked of nodes that refused, when a person says so', () => {
    const harness = atWarehouse();
    tell(harness, { kind: 'FulfillmentRejected', fulfillmentOrderId: fo(harness).id, reason: 'closed today' });
    expect([...harness.problems.values()].map(({ category, subject }) => [category, subject.node])).toEqual([
      ['NODE_REJECTED', 'N1'],
      ['NODE_REJECTED', 'N1'],
    ]);
    expect(types(tell(harness, { kind: 'Reconsidered' }))).toEqual([]);
    expect(types(tell(harness, reSource()))).toEqual([
      'ReSourceRequested',
      'InventoryReserved',
      'FulfillmentRequested',
    ]);
    expect(problems(harness)).toEqual([]);
    expectSettled(harness);
  });

  it('because the carrier refused end its problem', () => {
    const harness = orderAt('released');
    const fulfillmentOrderId = fo(harness).id;
    tell(harness, { kind: 'CarrierRefused', fulfillmentOrderId, reason: 'not served' });
    expect(problems(harness)).toEqual(['CARRIER_FAILURE']);
    tell(harness, reSource(fulfillmentOrderId), { kind: 'FulfillmentCancelled', fulfillmentOrderId });
    expect(problems(harness)).toEqual([]);
    expectSettled(harness);
  });
});

describe('two facts about one order in one transaction', () => {
  it('a correction and a newer version of the channel: both count', () => {
    const harness = new Harness({ stock: {} });
    tell(harness, told(1));
    const address = { by: 'REFERENCE', channel: CHANNEL, reference: REFERENCE } as const;
    const facts = [CORRECTED, told(2, { shipMethod: 'EXPRESS' })].map((body, index) => ({
      id: `both-${index}`,
      source: 'test',
      occurredAt: harness.now,
      address,
      body,
    }));
    harness.playTogether(facts);
    expect(shipToOf(harness)).toEqual(NEW);
    expect(harness.order.shipMethod).toBe('EXPRESS');
  });
});
