/** An event as it will be sent. Two events of one lane are never under way in different messages. */
export interface Parcel {
  readonly eventId: string;
  /** The event as JSON, written once. */
  readonly json: string;
  /** A second telling, made on purpose. */
  readonly copy: boolean;
}

interface Lane {
  readonly key: string;
  readonly waiting: Parcel[];
}

/** What was taken out of the lanes for one message. Its lanes stand still until it is put back or given free. */
export interface Load {
  readonly parcels: readonly Parcel[];
  readonly lanes: readonly string[];
}

/** Events that wait to be sent, in one lane for each fulfillment order and each node's stock, so that the order within it is kept. */
export class EventLanes {
  private readonly lanes = new Map<string, Lane>();
  /** Lanes that may be taken from, longest waiting first. */
  private readonly ready = new Set<Lane>();
  private waitingCount = 0;

  get waiting(): number {
    return this.waitingCount;
  }

  get hasReady(): boolean {
    return this.ready.size > 0;
  }

  add(key: string, parcel: Parcel): void {
    this.waitingCount += 1;
    const known = this.lanes.get(key);
    if (known !== undefined) {
      known.waiting.push(parcel);
      return;
    }
    const lane = { key, waiting: [parcel] };
    this.lanes.set(key, lane);
    this.ready.add(lane);
  }

  take(eventsMax: number, bytesMax: number): Load {
    const parcels: Parcel[] = [];
    const lanes: string[] = [];
    let bytes = 0;
    // The first one always fits, or an event over the limit would stop its lane for ever.
    const fits = ({ json }: Parcel): boolean =>
      parcels.length === 0 || (parcels.length < eventsMax && bytes + json.length <= bytesMax);
    for (const lane of this.ready) {
      const first = lane.waiting[0];
      if (first === undefined || !fits(first)) break;
      this.ready.delete(lane);
      lanes.push(lane.key);
      for (let next = lane.waiting[0]; next !== undefined && fits(next); next = lane.waiting[0]) {
        parcels.push(next);
        bytes += next.json.length;
        lane.waiting.shift();
      }
    }
    this.waitingCount -= parcels.length;
    return { parcels, lanes };
  }

  /** The load was answered for: what follows in its lanes may go. */
  free(load: Load): void {
    for (const key of load.lanes) {
      const lane = this.lanes.get(key);
      if (lane === undefined) continue;
      if (lane.waiting.length === 0) this.lanes.delete(key);
      else this.ready.add(lane);
    }
  }
}
