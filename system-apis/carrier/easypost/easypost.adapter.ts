import { Inject, Injectable } from '@nestjs/common';
import {
  TRACKERS_READ_MAX,
  type CarrierPort,
  type CarrierReading,
  type TrackingState,
  type TrackParcel,
} from '../carrier.port.js';
import { EasyPostClient } from './easypost.client.js';
import { sameCarrier, toCarrierName, toState } from './easypost.mapper.js';
import { EASYPOST_SYSTEM } from './easypost.policies.js';
import { readEvent } from './easypost.read.js';
import { EASYPOST_SETTINGS, type EasyPostSettings } from './easypost.settings.js';
import type { WireTracker } from './easypost.wire.js';

/** EasyPost gives the same tracker for a number of a carrier for three months; carriers use numbers again later. */
const SAME_TRACKER_MS = 90 * 86_400_000;
const READS_AT_ONCE = 5;

/** EasyPost, as far as it watches parcels. It labels none: warehouses do that. */
@Injectable()
export class EasyPostAdapter implements CarrierPort {
  readonly system = EASYPOST_SYSTEM;

  constructor(
    private readonly client: EasyPostClient,
    @Inject(EASYPOST_SETTINGS) private readonly settings: EasyPostSettings,
  ) {}

  async track(parcel: TrackParcel): Promise<TrackingState> {
    const carrier = toCarrierName(this.settings.carriers, parcel.carrier);
    const known = parcel.mayExist ? await this.find(parcel.trackingNumber, carrier) : undefined;
    const tracker = known ?? (await this.client.create({ tracker: { tracking_code: parcel.trackingNumber, carrier } }));
    return toState(this.settings.carriers, tracker, parcel);
  }

  async read(trackerIds: readonly string[]): Promise<readonly TrackingState[]> {
    if (trackerIds.length > TRACKERS_READ_MAX)
      throw new RangeError(`${trackerIds.length} trackers at once, ${TRACKERS_READ_MAX} is the most`);
    const states: TrackingState[] = [];
    for (let from = 0; from < trackerIds.length; from += READS_AT_ONCE) {
      const trackers = await Promise.all(
        trackerIds.slice(from, from + READS_AT_ONCE).map((id) => this.client.read(id)),
      );
      for (const tracker of trackers) if (tracker !== undefined) states.push(toState(this.settings.carriers, tracker));
    }
    return states;
  }

  interpret(body: Buffer): CarrierReading {
    const reading = readEvent(body);
    if (reading.outcome !== 'EVENT') return reading;
    const { id, result } = reading.event;
    return { outcome: 'NEWS', id, state: toState(this.settings.carriers, result) };
  }

  /** The newest tracker of the parcel that is not of an earlier parcel with the same number. */
  private async find(trackingNumber: string, carrier: string): Promise<WireTracker | undefined> {
    const oldest = Date.now() - SAME_TRACKER_MS;
    return (await this.client.find(trackingNumber))
      .filter((tracker) => tracker.tracking_code === trackingNumber && sameCarrier(tracker.carrier ?? '', carrier))
      .filter((tracker) => Date.parse(tracker.created_at) > oldest)
      .toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))
      .at(0);
  }
}
