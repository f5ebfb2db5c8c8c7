import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRACKING_STATUSES, type TrackingStatus } from '../../../src/model/order.js';
import { until } from '../../../test/support/until.js';
import { TRACKERS_READ_MAX, type CarrierPort, type TrackingState, type TrackParcel } from '../carrier.port.js';

/** A carrier adapter with a carrier behind it whose parcels stand still until a test moves them. */
export interface CarrierUnderTest {
  readonly port: CarrierPort;
  /** A parcel that the carrier knows; each call gives another. */
  aParcel(): TrackParcel;
  /** A parcel whose number no carrier knows. */
  anUnknownParcel(): TrackParcel;
  /** How many trackers the carrier holds for the parcel. */
  held(parcel: TrackParcel): number;
  /** The parcel is seen so, now. */
  see(trackerId: string, status: TrackingStatus): void;
  /** The carrier's system forgets the tracker. */
  forget(trackerId: string): void;
  /** The next call does its work, and its answer is lost. */
  loseNextAnswer(): void;
  setDown(down: boolean): void;
  /** What the carrier told about the tracker so far, in the hub's words. */
  told(trackerId: string): readonly TrackingState[];
  close(): Promise<void>;
}

/** What the hub relies on with every carrier adapter. */
export function describeCarrierConformance(name: string, setup: () => Promise<CarrierUnderTest>): void {
  describe(`${name}, as any carrier`, () => {
    let carrier: CarrierUnderTest;
    beforeAll(async () => {
      carrier = await setup();
    });
    afterAll(() => carrier.close());

    describeTracking(() => carrier);
    describeReading(() => carrier);
    describeTelling(() => carrier);
  });
}

function describeTracking(carrier: () => CarrierUnderTest): void {
  it('watches a parcel once, however often it is asked to', async () => {
    const parcel = carrier().aParcel();
    const first = await carrier().port.track(parcel);
    expect(first).toEqual({
      trackerId: expect.stringMatching(/\S/) as string,
      carrier: parcel.carrier,
      trackingNumber: parcel.trackingNumber,
    });
    expect(await carrier().port.track({ ...parcel, mayExist: true })).toEqual(first);
    expect(await carrier().port.track(parcel)).toEqual(first);
    expect(carrier().held(parcel)).toBe(1);
  });

  it('watches a parcel once when the answer was lost and it is asked again', async () => {
    const parcel = carrier().aParcel();
    carrier().loseNextAnswer();
    await expect(carrier().port.track(parcel)).rejects.toMatchObject({
      kind: 'transient',
      details: { outcomeUnknown: true },
    });
    expect(carrier().held(parcel)).toBe(1);
    await carrier().port.track({ ...parcel, mayExist: true });
    expect(carrier().held(parcel)).toBe(1);
  });

  it('says that a number is refused', async () => {
    await expect(carrier().port.track(carrier().anUnknownParcel())).rejects.toMatchObject({ kind: 'rejected' });
  });

  it('is transient when the carrier is down, and works when it is back', async () => {
    const parcel = carrier().aParcel();
    carrier().setDown(true);
    await expect(carrier().port.track(parcel)).rejects.toMatchObject({ kind: 'transient' });
    await expect(carrier().port.read(['any'])).rejects.toMatchObject({ kind: 'transient' });
    carrier().setDown(false);
    await expect(carrier().port.track({ ...parcel, mayExist: true })).resolves.toMatchObject({
      carrier: parcel.carrier,
    });
  });
}

function describeReading(carrier: () => CarrierUnderTest): void {
  it.each(TRACKING_STATUSES)('shows that a parcel is %s, and since when', async (status) => {
    const { trackerId } = await carrier().port.track(carrier().aParcel());
    const before = Date.now();
    carrier().see(trackerId, status);
    const [state] = await carrier().port.read([trackerId]);
    expect(state?.news).toMatchObject({ status });
    const at = state?.news?.at ?? '';
    expect(new Date(at).toISOString()).toBe(at);
    // Carriers tell whole seconds.
    expect(Date.parse(at)).toBeGreaterThan(before - 1_000);
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now());
  });

  it('reads many at once, and leaves out what is gone', async () => {
    const parcels = Array.from({ length: TRACKERS_READ_MAX }, () => carrier().aParcel());
    const tracked = await Promise.all(parcels.map((parcel) => carrier().port.track(parcel)));
    const ids = tracked.map(({ trackerId }) => trackerId);
    expect(new Set((await carrier().port.read(ids)).map(({ trackerId }) => trackerId))).toEqual(new Set(ids));
    carrier().forget(ids[0] ?? '');
    expect(await carrier().port.read(ids)).toHaveLength(TRACKERS_READ_MAX - 1);
    await expect(carrier().port.read([...ids, 'one more'])).rejects.toThrow(RangeError);
  });

  it('has nothing to read of no parcels', async () => {
    expect(await carrier().port.read([])).toEqual([]);
  });
}

function describeTelling(carrier: () => CarrierUnderTest): void {
  it('tells by itself what it shows when it is asked, in the words that the parcel was given', async () => {
    const parcel = carrier().aParcel();
    const { trackerId } = await carrier().port.track(parcel);
    carrier().see(trackerId, 'IN_TRANSIT');
    const told = await until(
      async () => Promise.resolve(carrier().told(trackerId)),
      (states): states is readonly TrackingState[] => states.length > 0,
      { what: 'news of the parcel', timeoutMs: 5_000 },
    );
    const [shown] = await carrier().port.read([trackerId]);
    expect(told.at(-1)).toEqual(shown);
    expect(shown).toMatchObject({ carrier: parcel.carrier, trackingNumber: parcel.trackingNumber });
  });
}
