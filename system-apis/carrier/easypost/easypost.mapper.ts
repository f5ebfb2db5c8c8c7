import { parseInstant, type Instant } from '../../../src/model/time.js';
import type { Tracking, TrackingStatus } from '../../../src/model/order.js';
import type { TrackingState } from '../carrier.port.js';
import { isPlausible, type WireTracker } from './easypost.wire.js';

/**
 * EasyPost's words for where a parcel is. Words that are not here say nothing about the parcel itself (`unknown`, `pre_transit`: nobody
 * has seen it; `error`: EasyPost could not read the carrier) or are new: they are no news.
 */
const STATUSES: Readonly<Record<string, TrackingStatus>> = {
  in_transit: 'IN_TRANSIT',
  out_for_delivery: 'OUT_FOR_DELIVERY',
  available_for_pickup: 'OUT_FOR_DELIVERY',
  delivered: 'DELIVERED',
  failure: 'FAILED',
  cancelled: 'FAILED',
  return_to_sender: 'RETURNING',
};

/** What says nothing more than the status itself. */
const EMPTY_DETAILS: ReadonlySet<string> = new Set(['', 'unknown', 'status_update']);

/** Warehouse's carrier names by EasyPost's. */
export type CarrierNames = Readonly<Record<string, string>>;

export function toCarrierName(carriers: CarrierNames, carrier: string): string {
  return carriers[carrier] ?? carrier;
}

/** `asked`: as the hub asked for it. Absent in what EasyPost tells by itself: the name is then translated back. */
export function toState(
  carriers: CarrierNames,
  tracker: WireTracker,
  asked?: { readonly carrier: string },
): TrackingState {
  const news = newsOf(tracker);
  return {
    trackerId: tracker.id,
    carrier: asked?.carrier ?? warehouseName(carriers, tracker.carrier ?? ''),
    trackingNumber: tracker.tracking_code,
    ...(news === undefined ? {} : { news }),
  };
}

export function sameCarrier(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function warehouseName(carriers: CarrierNames, carrier: string): string {
  return Object.entries(carriers).find(([, name]) => sameCarrier(name, carrier))?.[0] ?? carrier;
}

function newsOf(tracker: WireTracker): Tracking | undefined {
  const status = STATUSES[tracker.status];
  if (status === undefined) return undefined;
  const detail = tracker.status_detail ?? '';
  return { status, at: seenAt(tracker), ...(EMPTY_DETAILS.has(detail) ? {} : { detail }) };
}

/**
 * The latest scan of the present status; when no scan tells it, the time of the update. Never after the update: carriers tell times of
 * other zones as UTC, and a scan that lies ahead would make all news of its hours old.
 */
function seenAt({ status, updated_at, tracking_details }: WireTracker): Instant {
  const updatedAt = parseInstant(updated_at);
  const scans = (tracking_details ?? []).flatMap((scan) => (scan.status === status ? instantOf(scan.datetime) : []));
  const seen = scans.toSorted().at(-1);
  return seen === undefined || seen > updatedAt ? updatedAt : seen;
}

/** Carriers give times as they like; one that cannot be read is left out. */
function instantOf(datetime: string | null | undefined): readonly Instant[] {
  const time = new Date(datetime ?? '');
  if (!isPlausible(time) || !/(Z|[+-]\d{2}:?\d{2})$/i.test(datetime ?? '')) return [];
  return [time.toISOString()];
}
