import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { EVENTS_MAX, type WireEvent } from '../wms-rest-event.wire.js';
import { EventLanes, type Load, type Parcel } from './event-lanes.js';

const MESSAGE_BYTES_MAX = 512 * 1024;
const MESSAGES_UNDER_WAY_MAX = 4;
const ANSWER_MS_MAX = 10_000;
const RETRY_MS_MIN = 50;
const RETRY_MS_MAX = 2_000;

const Refusal = z.object({ errors: z.array(z.object({ pointer: z.string() })) });

export interface CourierOptions {
  readonly webhookSecret: string;
  /** How long events are collected before a message leaves. */
  readonly flushMs: number;
  readonly onTold: (eventIds: readonly string[]) => void;
  readonly onSetAside: (eventIds: readonly string[]) => void;
}

interface Refused {
  /** Places in the message of the events that are not in the contract. */
  readonly refused: ReadonlySet<number>;
}

type Answer = 'TOLD' | 'AGAIN' | Refused;

/** Tells the hub: signed messages of many events, a few under way at once, each repeated until it is answered. */
export class EventCourier {
  private readonly lanes = new EventLanes();
  private readonly webhook: Webhook;
  private readonly stop = new AbortController();
  private hub: string | undefined;
  private underWay = 0;
  private flush: NodeJS.Timeout | undefined;
  private duplicating = false;

  constructor(private readonly options: CourierOptions) {
    this.webhook = new Webhook(options.webhookSecret);
  }

  /** Nothing is sent before the hub's address is known. A new address also takes what is already waiting. */
  setHub(url: string): void {
    this.hub = url.replace(/\/+$/, '');
    this.schedule();
  }

  /** Tells each event again, some time after it was answered for. */
  duplicateEvents(on: boolean): void {
    this.duplicating = on;
  }

  add(events: readonly WireEvent[]): void {
    for (const event of events)
      this.lanes.add(laneOf(event), { eventId: event.id, json: JSON.stringify(event), copy: false });
    this.schedule();
  }

  close(): void {
    clearTimeout(this.flush);
    this.stop.abort();
  }

  private schedule(): void {
    if (this.hub === undefined || this.stop.signal.aborted) return;
    if (this.lanes.waiting >= EVENTS_MAX) this.send();
    this.flush ??= setTimeout(() => {
      this.flush = undefined;
      this.send();
    }, this.options.flushMs);
  }

  private send(): void {
    while (this.underWay < MESSAGES_UNDER_WAY_MAX && this.lanes.hasReady) {
      const load = this.lanes.take(EVENTS_MAX, MESSAGE_BYTES_MAX);
      this.underWay += 1;
      void this.tell(load).finally(() => {
        this.underWay -= 1;
        if (this.lanes.hasReady) this.schedule();
      });
    }
  }

  private async tell(load: Load): Promise<void> {
    let parcels = load.parcels;
    while (parcels.length > 0) {
      const answer = await this.repeat(parcels);
      if (answer === 'CLOSED') return;
      if (answer === 'TOLD') {
        this.told(parcels);
        break;
      }
      this.options.onSetAside(originals(parcels.filter((_, index) => answer.refused.has(index))));
      parcels = parcels.filter((_, index) => !answer.refused.has(index));
    }
    this.lanes.free(load);
  }

  private told(parcels: readonly Parcel[]): void {
    this.options.onTold(originals(parcels));
    if (!this.duplicating) return;
    for (const parcel of parcels) if (!parcel.copy) this.lanes.add(`copy:${parcel.eventId}`, { ...parcel, copy: true });
  }

  /** One message, with the same id each time, until the hub takes or refuses it or the sandbox closes. */
  private async repeat(parcels: readonly Parcel[]): Promise<'TOLD' | 'CLOSED' | Refused> {
    const messageId = `msg_${randomUUID()}`;
    const body = `{"events":[${parcels.map(({ json }) => json).join(',')}]}`;
    for (let delay = RETRY_MS_MIN; !this.stop.signal.aborted; delay = Math.min(delay * 2, RETRY_MS_MAX)) {
      const answer = await this.post(messageId, body);
      if (answer === 'TOLD') return answer;
      if (answer !== 'AGAIN' && parcels.some((_, index) => answer.refused.has(index))) return answer;
      const jittered = delay * (0.5 + Math.random() / 2);
      await sleep(jittered, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
    return 'CLOSED';
  }

  private async post(messageId: string, body: string): Promise<Answer> {
    const now = new Date();
    try {
      const answer = await fetch(`${this.hub}/wms/v1/events`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': messageId,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': this.webhook.sign(messageId, now, body),
        },
        body,
        signal: AbortSignal.any([this.stop.signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
      });
      const text = await answer.text();
      if (answer.ok) return 'TOLD';
      return answer.status === 422 ? refusalIn(text) : 'AGAIN';
    } catch {
      // No answer, for whatever reason: only sending again can tell.
      return 'AGAIN';
    }
  }
}

/** What is kept of an answer is kept for the first telling alone. */
function originals(parcels: readonly Parcel[]): readonly string[] {
  return parcels.filter(({ copy }) => !copy).map(({ eventId }) => eventId);
}

/** Stock events of a node keep their order too. */
function laneOf(event: WireEvent): string {
  return 'fulfillmentOrderId' in event ? event.fulfillmentOrderId : `stock@${event.node}`;
}

/** Which events of the message the hub's problem document names. */
function refusalIn(text: string): Answer {
  const errors = errorsIn(text);
  const places = errors.map(({ pointer }) => /^\/events\/(\d+)(\/|$)/.exec(pointer)?.[1]);
  return { refused: new Set(places.flatMap((place) => (place === undefined ? [] : [Number(place)]))) };
}

function errorsIn(text: string): z.infer<typeof Refusal>['errors'] {
  try {
    return Refusal.parse(JSON.parse(text)).errors;
  } catch {
    // Not the hub's problem document: something in between answered.
    return [];
  }
}
