import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutsideError } from '../../../src/platform/outside/outside-error.js';
import type { ReleaseFulfillment, WmsFact, WmsPort } from '../wms.port.js';
import { describeStockReading } from './stock-reading.conformance.js';
import type { WmsUnderTest } from './wms.subject.js';

export type { WarehouseStock, WmsUnderTest } from './wms.subject.js';

/** What the hub relies on with every warehouse adapter. */
export function describeWmsConformance(name: string, setup: () => Promise<WmsUnderTest>): void {
  describe(`${name}, as any warehouse`, () => {
    let wms: WmsUnderTest;
    beforeAll(async () => {
      wms = await setup();
    });
    afterAll(() => wms.close());

    describeReleasing(() => wms);
    describeCancelling(() => wms);
    describeTelling(() => wms);
    describeRefusing(() => wms);
    describe('reading stock', () => {
      describeStockReading(() => wms);
    });
  });
}

function describeReleasing(wms: () => WmsUnderTest): void {
  it('takes a release once, however often it is sent', async () => {
    const release = wms().aRelease();
    const first = await wms().port.release([release]);
    expect(first).toMatchObject([{ fulfillmentOrderId: release.fulfillmentOrderId, outcome: 'ACCEPTED' }]);
    expect(await wms().port.release([release])).toEqual(first);
    expect(wms().held(release.fulfillmentOrderId)).toBe(1);
  });

  it('holds one release after ten calls at once', async () => {
    const release = wms().aRelease();
    const answers = await Promise.all(Array.from({ length: 10 }, () => wms().port.release([release])));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(wms().held(release.fulfillmentOrderId)).toBe(1);
  });

  it('holds one release when its answer was lost and it is sent again', async () => {
    const release = wms().aRelease();
    wms().loseNextAnswer();
    await expect(wms().port.release([release])).rejects.toMatchObject({
      kind: 'transient',
      details: { outcomeUnknown: true },
    } satisfies DeepPartialError);
    expect(wms().held(release.fulfillmentOrderId)).toBe(1);
    expect(await wms().port.release([release])).toMatchObject([{ outcome: 'ACCEPTED' }]);
    expect(wms().held(release.fulfillmentOrderId)).toBe(1);
  });

  it('answers each of many releases for itself', async () => {
    const rejected = wms().aReleaseToReject();
    const releases = [wms().aRelease(), rejected, ...Array.from({ length: 98 }, () => wms().aRelease())];
    const results = new Map((await wms().port.release(releases)).map((one) => [one.fulfillmentOrderId, one]));
    expect(results.size).toBe(100);
    expect(results.get(rejected.fulfillmentOrderId)).toMatchObject({ outcome: 'REJECTED' });
    expect([...results.values()].filter(({ outcome }) => outcome === 'ACCEPTED')).toHaveLength(99);
  });

  it('says why a release is rejected, the same each time, and holds nothing', async () => {
    const release = wms().aReleaseToReject();
    const first = await wms().port.release([release]);
    expect(first).toMatchObject([{ outcome: 'REJECTED', reason: expect.stringMatching(/\S/) as string }]);
    expect(await wms().port.release([release])).toEqual(first);
    expect(wms().held(release.fulfillmentOrderId)).toBe(0);
  });

  it('has nothing to do for no releases', async () => {
    expect(await wms().port.release([])).toEqual([]);
  });

  it('is transient when the warehouse is down, and works when it is back', async () => {
    const release = wms().aRelease();
    wms().setDown(true);
    const cancel = { fulfillmentOrderId: release.fulfillmentOrderId, node: release.node, reason: 'Not wanted' };
    await expect(wms().port.release([release])).rejects.toMatchObject({ kind: 'transient' });
    await expect(wms().port.cancel(cancel)).rejects.toMatchObject({ kind: 'transient' });
    wms().setDown(false);
    expect(await wms().port.release([release])).toMatchObject([{ outcome: 'ACCEPTED' }]);
  });
}

function describeCancelling(wms: () => WmsUnderTest): void {
  const released = async (): Promise<ReleaseFulfillment> => {
    const release = wms().aRelease();
    expect(await wms().port.release([release])).toMatchObject([{ outcome: 'ACCEPTED' }]);
    return release;
  };
  const cancel = (release: ReleaseFulfillment): ReturnType<WmsPort['cancel']> =>
    wms().port.cancel({
      fulfillmentOrderId: release.fulfillmentOrderId,
      node: release.node,
      reason: 'The buyer cancelled',
    });

  it('cancels before the pick, also when asked again', async () => {
    const release = await released();
    expect(await cancel(release)).toEqual({ outcome: 'CANCELLED' });
    expect(await cancel(release)).toEqual({ outcome: 'CANCELLED' });
    wms().work(release.fulfillmentOrderId, 'ship');
    await settled();
    expect(wms().facts(release.fulfillmentOrderId)).toEqual([]);
  });

  it('cancels when the answer to the first cancellation was lost', async () => {
    const release = await released();
    wms().loseNextAnswer();
    await expect(cancel(release)).rejects.toMatchObject({ kind: 'transient' });
    expect(await cancel(release)).toEqual({ outcome: 'CANCELLED' });
  });

  it('refuses after the packing, the same each time, and the goods ship', async () => {
    const release = await released();
    wms().work(release.fulfillmentOrderId, 'pack');
    const first = await cancel(release);
    expect(first).toMatchObject({ outcome: 'REFUSED', reason: expect.stringMatching(/\S/) as string });
    expect(await cancel(release)).toEqual(first);
    wms().work(release.fulfillmentOrderId, 'ship');
    await expect
      .poll(() =>
        wms()
          .facts(release.fulfillmentOrderId)
          .map(({ kind }) => kind),
      )
      .toContain('SHIPPED');
  });

  it('does not work a release that arrives after its cancellation', async () => {
    const release = wms().aRelease();
    expect(await cancel(release)).toEqual({ outcome: 'CANCELLED' });
    expect(await wms().port.release([release])).toMatchObject([{ outcome: 'REJECTED' }]);
    expect(wms().held(release.fulfillmentOrderId)).toBe(0);
  });
}

function describeTelling(wms: () => WmsUnderTest): void {
  it('tells of each unit picked, packed and shipped, in that order', async () => {
    const release = wms().aRelease();
    await wms().port.release([release]);
    for (const step of ['pick', 'pack', 'ship', 'ship'] as const) wms().work(release.fulfillmentOrderId, step);
    const ordered = release.lines.reduce((sum, { quantity }) => sum + quantity, 0);
    await expect.poll(() => shippedUnits(wms().facts(release.fulfillmentOrderId))).toBe(ordered);

    const facts = wms().facts(release.fulfillmentOrderId);
    expect(facts.map(({ kind }) => kind).slice(0, 3)).toEqual(['PICKED', 'PACKED', 'SHIPPED']);
    expect(new Set(facts.map(({ id }) => id)).size).toBe(facts.length);
    const times = facts.map(({ occurredAt }) => occurredAt);
    expect(times).toEqual(times.toSorted());
  });

  it('tells all of a release once more to a hub that lost it, and nothing of what it does not hold', async () => {
    const release = wms().aRelease();
    await wms().port.release([release]);
    expect(await wms().port.readFacts?.(release.fulfillmentOrderId)).toEqual([]);
    wms().work(release.fulfillmentOrderId, 'ship');
    await expect.poll(() => shippedUnits(wms().facts(release.fulfillmentOrderId))).toBeGreaterThan(0);
    expect(await wms().port.readFacts?.(release.fulfillmentOrderId)).toEqual(wms().facts(release.fulfillmentOrderId));
    expect(await wms().port.readFacts?.(wms().aRelease().fulfillmentOrderId)).toEqual([]);
  });
}

function describeRefusing(wms: () => WmsUnderTest): void {
  it('tells that the carrier will not take a parcel, and can then stop the work, also when it is packed', async () => {
    const release = wms().aRelease();
    const { fulfillmentOrderId, node } = release;
    await wms().port.release([release]);
    wms().work(fulfillmentOrderId, 'pack');
    wms().refuseByCarrier(fulfillmentOrderId, 'No delivery to this postal code.');
    await expect
      .poll(() => wms().facts(fulfillmentOrderId).at(-1))
      .toMatchObject({ kind: 'CARRIER_REFUSED', reason: 'No delivery to this postal code.' });
    wms().work(fulfillmentOrderId, 'ship');
    expect(await wms().port.cancel({ fulfillmentOrderId, node, reason: 'Goes another way' })).toEqual({
      outcome: 'CANCELLED',
    });
    await settled();
    expect(shippedUnits(wms().facts(fulfillmentOrderId))).toBe(0);
  });
}

interface DeepPartialError {
  readonly kind: OutsideError['kind'];
  readonly details: Partial<OutsideError['details']>;
}

/** Long enough for an event that must not come. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));

function shippedUnits(facts: readonly WmsFact[]): number {
  const items = facts.flatMap((fact) => (fact.kind === 'SHIPPED' ? fact.packages.flatMap((box) => box.items) : []));
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
}
