import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toState } from './easypost.mapper.js';
import { readEvent } from './easypost.read.js';
import { WireError, WireTracker, WireTrackerList } from './easypost.wire.js';

function fixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}.json`, import.meta.url));
}

function json(name: string): unknown {
  return JSON.parse(fixture(name).toString('utf8'));
}

const TRACKER = {
  id: 'trk_1',
  object: 'Tracker',
  tracking_code: '1Z1',
  carrier: 'UPS',
  status: 'in_transit',
  status_detail: 'arrived_at_facility',
  created_at: '2026-03-01T08:00:00Z',
  updated_at: '2026-03-02T09:00:00Z',
  tracking_details: [],
};

const stateOf = (changes: object, carriers = {}): unknown =>
  toState(carriers, WireTracker.parse({ ...TRACKER, ...changes }));

describe('what EasyPost shows of a parcel', () => {
  it('reads the tracker of its documentation: a label, and nobody has seen the parcel', () => {
    expect(toState({}, WireTracker.parse(json('trackers-create')))).toEqual({
      trackerId: 'trk_9135862729734d96ad2f9ed0f0565a27',
      carrier: 'USPS',
      trackingNumber: 'EZ1000000001',
    });
    expect(WireTrackerList.parse(json('trackers-list')).trackers).toHaveLength(1);
  });

  it('reads the event of its own test fixture', () => {
    const reading = readEvent(fixture('event-body'));
    if (reading.outcome !== 'EVENT') throw new Error(reading.outcome);
    expect(reading.event.id).toBe('evt_1');
    expect(toState({}, reading.event.result)).toEqual({
      trackerId: 'trk_1',
      carrier: 'FedEx',
      trackingNumber: '1',
      news: { status: 'IN_TRANSIT', at: '2024-08-02T18:50:00.000Z', detail: 'arrived_at_facility' },
    });
  });

  it('reads the event of its tracking guide, and drops who signed for the parcel', () => {
    const reading = readEvent(fixture('tracking-webhook'));
    if (reading.outcome !== 'EVENT') throw new Error(reading.outcome);
    expect(JSON.stringify(reading)).not.toContain('Tester');
    expect(toState({}, reading.event.result)).toMatchObject({
      news: { status: 'DELIVERED', at: '2014-11-19T10:51:54.000Z' },
    });
  });

  it.each([
    ['in_transit', 'IN_TRANSIT'],
    ['out_for_delivery', 'OUT_FOR_DELIVERY'],
    ['available_for_pickup', 'OUT_FOR_DELIVERY'],
    ['delivered', 'DELIVERED'],
    ['failure', 'FAILED'],
    ['cancelled', 'FAILED'],
    ['return_to_sender', 'RETURNING'],
  ])('%s is %s', (status, wanted) => {
    expect(stateOf({ status })).toMatchObject({ news: { status: wanted, at: '2026-03-02T09:00:00.000Z' } });
  });

  it.each(['unknown', 'pre_transit', 'error', 'a word that EasyPost adds next year'])('%s is no news', (status) => {
    expect(stateOf({ status })).not.toHaveProperty('news');
  });

  it('takes the time of the latest scan that tells the status, whatever their order and offsets', () => {
    const tracking_details = [
      { status: 'in_transit', datetime: '2026-03-02T07:00:00+02:00' },
      { status: 'in_transit', datetime: '2026-03-02T06:30:00Z' },
      { status: 'out_for_delivery', datetime: '2026-03-02T08:00:00Z' },
      { status: 'in_transit', datetime: '2026-03-02T08:30:00' },
      { status: 'in_transit', datetime: 'yesterday' },
      { status: 'in_transit', datetime: '+012345-01-01T00:00:00Z' },
      { status: 'in_transit', datetime: '0000-01-01T00:00:00Z' },
      { status: 'in_transit', datetime: null },
    ];
    expect(stateOf({ tracking_details })).toMatchObject({ news: { at: '2026-03-02T06:30:00.000Z' } });
  });

  it('is never seen after it was told', () => {
    const tracking_details = [{ status: 'in_transit', datetime: '2026-03-02T17:00:00Z' }];
    expect(stateOf({ tracking_details })).toMatchObject({ news: { at: '2026-03-02T09:00:00.000Z' } });
  });

  it.each(['unknown', 'status_update', null])('the detail %s says nothing', (status_detail) => {
    expect(stateOf({ status_detail })).toMatchObject({ news: { status: 'IN_TRANSIT' } });
    expect(stateOf({ status_detail })).not.toMatchObject({ news: { detail: expect.anything() as unknown } });
  });

  it('calls carriers as the warehouse does', () => {
    const carriers = { DHL: 'DHLExpress' };
    expect(stateOf({ carrier: 'dhlexpress' }, carriers)).toMatchObject({ carrier: 'DHL' });
    expect(stateOf({ carrier: 'UPS' }, carriers)).toMatchObject({ carrier: 'UPS' });
    const tracker = WireTracker.parse({ ...TRACKER, carrier: 'DHLExpress' });
    expect(toState(carriers, tracker, { carrier: 'dhl' })).toMatchObject({ carrier: 'dhl' });
  });
});

describe('reading an event', () => {
  it('leaves alone what is not of a tracker', () => {
    const event = { id: 'evt_2', object: 'Event', description: 'batch.created', result: { object: 'Batch' } };
    expect(readEvent(Buffer.from(JSON.stringify(event)))).toEqual({ outcome: 'IGNORED' });
  });

  it('says what is missing in an event of a tracker', () => {
    expect(readEvent(fixture('event-example'))).toMatchObject({
      outcome: 'REFUSED',
      reason: 'CONTRACT_MISMATCH',
      detail: expect.stringContaining('/result') as string,
    });
    expect(readEvent(Buffer.from('[]'))).toMatchObject({ outcome: 'REFUSED', reason: 'CONTRACT_MISMATCH' });
  });

  it.each([Buffer.from('nothing'), Buffer.from([0x7b, 0xff, 0x7d]), Buffer.alloc(0)])(
    'says that it is no JSON',
    (body) => {
      expect(readEvent(body)).toMatchObject({ outcome: 'REFUSED', reason: 'BODY_NOT_READABLE' });
    },
  );

  it.each([
    ['id', 'trk\u0000'],
    ['carrier', 'UPS\ud800'],
    ['status_detail', 'a\u0000b'],
    ['tracking_code', ''],
    ['updated_at', '0000-01-01T00:00:00Z'],
    ['updated_at', '2300-01-01T00:00:00Z'],
  ])('refuses what the database could not hold or time would not pass: %s', (field, value) => {
    const event = { id: 'e', object: 'Event', description: 'tracker.updated', result: { ...TRACKER, [field]: value } };
    expect(readEvent(Buffer.from(JSON.stringify(event)))).toMatchObject({
      outcome: 'REFUSED',
      detail: expect.stringContaining(`/result/${field}`) as string,
    });
  });

  it('names no value of what does not fit', () => {
    const event = { ...(json('tracking-webhook') as object), result: { ...TRACKER, updated_at: 'Mr Secret' } };
    const reading = readEvent(Buffer.from(JSON.stringify(event)));
    expect(JSON.stringify(reading)).toContain('/result/updated_at');
    expect(JSON.stringify(reading)).not.toContain('Secret');
  });

  it('reads the code of an error', () => {
    expect(WireError.parse(json('catch-error')).error.code).toBe('ADDRESS.VERIFY.FAILURE');
  });
});
