import type { Tracking } from '../../src/model/order.js';

export const CARRIER_PORT = Symbol('CarrierPort');
export const CARRIER_FACT_SINK = Symbol('CarrierFactSink');

export interface TrackParcel {
  /** The hub's id of the package. */
  readonly packageId: string;
  /** Who carries it, as the warehouse told it. */
  readonly carrier: string;
  readonly trackingNumber: string;
  /** An earlier try may have had its effect: look before creating. */
  readonly mayExist: boolean;
}

/** What the carrier's system knows of a parcel. No personal data. */
export interface TrackingState {
  readonly trackerId: string;
  /** As it was given to `track`. */
  readonly carrier: string;
  readonly trackingNumber: string;
  /** Absent: nobody has seen the parcel yet. */
  readonly news?: Tracking;
}

/** What the hub needs of a system that watches parcels. All methods throw OutsideError. */
export interface CarrierPort {
  readonly system: string;
  /** Begins to watch a parcel. The same number of the same carrier has the same tracker, however often it is asked for. */
  track(parcel: TrackParcel): Promise<TrackingState>;
  /** At most TRACKERS_READ_MAX; in any order. A tracker that is not there any more is left out. */
  read(trackerIds: readonly string[]): Promise<readonly TrackingState[]>;
}

export const TRACKERS_READ_MAX = 50;

/** Something that a carrier's system told by itself. */
export interface CarrierFact {
  /** Of the message: the same id twice is the same message. */
  readonly id: string;
  readonly state: TrackingState;
}

/** Provided by the fulfillment process; called by a carrier's inbound edge. Resolves when the fact is committed or kept. */
export interface CarrierFactSink {
  receive(source: string, fact: CarrierFact): Promise<void>;
  /** Keeps a signed message that could not be taken, whole, for inspection. The same message id again changes nothing. */
  keepRefused(
    source: string,
    messageId: string,
    body: Buffer,
    reason: 'BODY_NOT_READABLE' | 'CONTRACT_MISMATCH',
    detail: string,
  ): Promise<void>;
}
