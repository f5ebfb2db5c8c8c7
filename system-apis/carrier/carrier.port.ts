import type { Tracking } from '../../src/model/order.js';

export const CARRIER_PORT = Symbol('CarrierPort');
export const CARRIER_MESSAGE_SINK = Symbol('CarrierMessageSink');

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
  /** Reads a message that the carrier's system sent. Pure: the same reading today and when it is taken again. */
  interpret(body: Buffer): CarrierReading;
}

export const TRACKERS_READ_MAX = 50;

/** What a message says that a carrier's system sent by itself. */
export type CarrierReading =
  | {
      readonly outcome: 'NEWS';
      /** Of the message: the same id twice is the same message. */
      readonly id: string;
      readonly state: TrackingState;
    }
  /** About something else than a parcel. */
  | { readonly outcome: 'IGNORED' }
  | {
      readonly outcome: 'REFUSED';
      readonly reason: 'BODY_NOT_READABLE' | 'CONTRACT_MISMATCH';
      /** Names places and rules, never values: those may be personal. */
      readonly detail: string;
    };

/**
 * Provided by the fulfillment process; called by a carrier's inbound edge with a message whose sender is proved. Resolves when what it
 * says is committed, or the message is kept because it cannot be taken.
 */
export interface CarrierMessageSink {
  receive(body: Buffer): Promise<CarrierReading>;
}
