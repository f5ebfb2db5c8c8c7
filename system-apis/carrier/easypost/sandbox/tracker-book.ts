import { createHash } from 'node:crypto';
import type { WireTracker } from '../easypost.wire.js';

/** Where the sandbox keeps its state changes, so that a restart loses nothing. */
export interface Journal {
  /** What was appended in earlier lives; asked for once, at the start. */
  entries(): Iterable<unknown>;
  append(entry: unknown): void;
}

/** A journal that ends with the process. */
export function memoryJournal(): Journal {
  const kept: unknown[] = [];
  return { entries: () => kept, append: (entry) => void kept.push(entry) };
}

/** One change: a tracker that was asked for, or a scan of its parcel. */
type Entry =
  | { readonly t: 'created'; readonly id: string; readonly code: string; readonly carrier: string; readonly at: string }
  | {
      readonly t: 'scanned';
      readonly id: string;
      readonly status: string;
      readonly detail: string;
      readonly at: string;
    }
  | { readonly t: 'deleted' | 'told'; readonly id: string };

type Scanned = Extract<Entry, { t: 'scanned' }>;

interface Parcel {
  readonly id: string;
  readonly code: string;
  readonly carrier: string;
  readonly createdAt: string;
  readonly scans: Scanned[];
  /** Scans that the hub has answered for. */
  told: number;
}

/** EasyPost gives the same tracker for a number of a carrier for three months. */
const SAME_TRACKER_MS = 90 * 86_400_000;

/** All trackers. The state changes by journal entries alone, so replaying them gives the same state. */
export class TrackerBook {
  private readonly parcels = new Map<string, Parcel>();

  constructor(private readonly journal: Journal) {
    // The journal is this sandbox's own, so its entries have the shape that `record` gave them.
    for (const entry of journal.entries()) this.apply(entry as Entry);
  }

  /** The tracker of the number, a new one when there is none. */
  track(code: string, carrier: string): { readonly parcel: Parcel; readonly isNew: boolean } {
    const oldest = Date.now() - SAME_TRACKER_MS;
    const known = [...this.parcels.values()].find(
      (parcel) => parcel.code === code && parcel.carrier === carrier && Date.parse(parcel.createdAt) > oldest,
    );
    if (known !== undefined) return { parcel: known, isNew: false };
    const id = `trk_${createHash('md5').update(`${carrier}/${code}/${this.parcels.size}`).digest('hex')}`;
    this.record({ t: 'created', id, code, carrier, at: now() });
    return { parcel: this.get(id), isNew: true };
  }

  find(id: string): Parcel | undefined {
    return this.parcels.get(id);
  }

  byCode(code: string): readonly Parcel[] {
    return [...this.parcels.values()].filter((parcel) => parcel.code === code);
  }

  all(): readonly Parcel[] {
    return [...this.parcels.values()];
  }

  scan(id: string, status: string, detail = 'status_update'): void {
    this.record({ t: 'scanned', id, status, detail, at: now() });
  }

  /** The hub has answered for the next scan that was to be told. */
  told(id: string): void {
    this.record({ t: 'told', id });
  }

  delete(id: string): void {
    this.record({ t: 'deleted', id });
  }

  private get(id: string): Parcel {
    const parcel = this.parcels.get(id);
    if (parcel === undefined) throw new Error(`there is no tracker ${id}`);
    return parcel;
  }

  private record(entry: Entry): void {
    this.journal.append(entry);
    this.apply(entry);
  }

  private apply(entry: Entry): void {
    switch (entry.t) {
      case 'created': {
        const { id, code, carrier, at } = entry;
        this.parcels.set(id, { id, code, carrier, createdAt: at, scans: [], told: 0 });
        return;
      }
      case 'scanned':
        this.get(entry.id).scans.push(entry);
        return;
      case 'told':
        // A scan of a parcel that was deleted meanwhile may still be answered for.
        if (this.parcels.has(entry.id)) this.get(entry.id).told += 1;
        return;
      case 'deleted':
        this.parcels.delete(entry.id);
    }
  }
}

/** The tracker as it was after so many scans; all of them when it is not said. */
export function viewOf(parcel: Parcel, scans = parcel.scans.length): WireTracker {
  const known = parcel.scans.slice(0, scans);
  const last = known.at(-1);
  return {
    id: parcel.id,
    object: 'Tracker',
    tracking_code: parcel.code,
    carrier: parcel.carrier,
    status: last?.status ?? 'pre_transit',
    status_detail: last?.detail ?? 'status_update',
    created_at: parcel.createdAt,
    updated_at: last?.at ?? parcel.createdAt,
    tracking_details: [
      { status: 'pre_transit', status_detail: 'label_created', datetime: parcel.createdAt },
      ...known.map(({ status, detail, at }) => ({ status, status_detail: detail, datetime: at })),
    ],
  };
}

export type { Parcel };

/** EasyPost tells whole seconds. */
function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
