import type { Tracking } from '../../../src/model/order.js';
import { OutsideError, type OutsideErrorKind } from '../../../src/platform/outside/outside-error.js';
import type {
  CarrierPort,
  CarrierReading,
  TrackingState,
  TrackParcel,
} from '../../../system-apis/carrier/carrier.port.js';

/** A carrier in memory, for specs: it knows what a test tells it, and fails as it is told to. */
export class PlayedCarrier implements CarrierPort {
  readonly system = 'carrier';
  /** By tracker id. */
  readonly trackers = new Map<string, TrackingState>();
  readonly asked: TrackParcel[] = [];
  readonly reads: string[][] = [];
  /** Thrown by each call to `track`. */
  trackFails: Error | undefined;
  /** Thrown by each call to `read` that asks for one of these. */
  readFails: { readonly error: Error; readonly trackerId?: string } | undefined;

  track(parcel: TrackParcel): Promise<TrackingState> {
    this.asked.push(parcel);
    if (this.trackFails !== undefined) return Promise.reject(this.trackFails);
    const { carrier, trackingNumber } = parcel;
    const trackerId = `trk-${trackingNumber}`;
    const state = this.trackers.get(trackerId) ?? { trackerId, carrier, trackingNumber };
    this.trackers.set(trackerId, state);
    return Promise.resolve(state);
  }

  read(trackerIds: readonly string[]): Promise<readonly TrackingState[]> {
    this.reads.push([...trackerIds]);
    const { readFails } = this;
    if (readFails !== undefined && (readFails.trackerId === undefined || trackerIds.includes(readFails.trackerId)))
      return Promise.reject(readFails.error);
    return Promise.resolve(trackerIds.flatMap((id) => this.trackers.get(id) ?? []));
  }

  /** The body is what is to be read. */
  interpret(body: Buffer): CarrierReading {
    return JSON.parse(body.toString()) as CarrierReading;
  }

  /** The parcel is seen so. */
  see(trackingNumber: string, news: Tracking): TrackingState {
    const trackerId = `trk-${trackingNumber}`;
    const state = { carrier: 'DHL', trackingNumber, ...this.trackers.get(trackerId), trackerId, news };
    this.trackers.set(trackerId, state);
    return state;
  }

  message(id: string, state: TrackingState): Buffer {
    return Buffer.from(JSON.stringify({ outcome: 'NEWS', id, state } satisfies CarrierReading));
  }
}

export function failing(kind: OutsideErrorKind): OutsideError {
  return new OutsideError(kind, `the carrier says ${kind}`, { system: 'carrier', operation: 'trackers.create' });
}
