import { createHash, createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { viewOf, type Parcel, type TrackerBook } from './tracker-book.js';

const ANSWER_MS_MAX = 7_000;
const RETRY_MS_MIN = 50;
const RETRY_MS_MAX = 2_000;
const UNDER_WAY_MAX = 4;

interface Message {
  readonly parcel: Parcel;
  /** The parcel is told of as it was after so many scans. */
  readonly scans: number;
  /** A second telling, made on purpose. */
  readonly copy: boolean;
}

/** Tells the hub: one signed message for each scan, repeated until it is answered with 2xx. */
export class EventCourier {
  private readonly stop = new AbortController();
  private readonly waiting: Message[] = [];
  private hub: string | undefined;
  private underWay = 0;
  duplicating = false;
  reordering = false;
  /** No message leaves: they are lost. */
  silent = false;

  constructor(
    private readonly book: TrackerBook,
    private readonly secret: string,
  ) {}

  /** Nothing is sent before the hub's address is known. */
  setHub(url: string): void {
    this.hub = url.replace(/\/+$/, '');
    this.send();
  }

  /** The parcel as it was after so many scans. */
  add(parcel: Parcel, scans: number): void {
    if (this.silent) {
      this.book.told(parcel.id);
      return;
    }
    const message = { parcel, scans, copy: false };
    if (this.reordering) this.waiting.unshift(message);
    else this.waiting.push(message);
    this.send();
  }

  get untold(): number {
    return this.waiting.length + this.underWay;
  }

  close(): void {
    this.stop.abort();
  }

  private send(): void {
    while (this.hub !== undefined && this.underWay < UNDER_WAY_MAX && !this.stop.signal.aborted) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.underWay += 1;
      void this.deliver(next).finally(() => {
        this.underWay -= 1;
        this.send();
      });
    }
  }

  private async deliver(message: Message): Promise<void> {
    if (!(await this.tell(message.parcel, message.scans)) || message.copy) return;
    this.book.told(message.parcel.id);
    if (this.duplicating) this.waiting.push({ ...message, copy: true });
  }

  private async tell(parcel: Parcel, scans: number): Promise<boolean> {
    const body = JSON.stringify(eventOf(parcel, scans));
    for (let delay = RETRY_MS_MIN; !this.stop.signal.aborted; delay = Math.min(delay * 2, RETRY_MS_MAX)) {
      if (await this.post(body)) return true;
      await sleep(delay, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
    return false;
  }

  private async post(body: string): Promise<boolean> {
    try {
      const answer = await fetch(`${this.hub}/carriers/easypost/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-hmac-signature': signatureOf(body, this.secret) },
        body,
        signal: AbortSignal.any([this.stop.signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
      });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      // No answer, for whatever reason: only sending again can tell.
      return false;
    }
  }
}

/** The same id for the same scan, however often it is told. */
function eventOf(parcel: Parcel, scans: number): object {
  const result = viewOf(parcel, scans);
  return {
    id: `evt_${createHash('md5').update(`${parcel.id}/${scans}`).digest('hex')}`,
    object: 'Event',
    description: 'tracker.updated',
    mode: 'test',
    previous_attributes: { status: viewOf(parcel, scans - 1).status },
    pending_urls: [],
    completed_urls: [],
    created_at: result.updated_at,
    updated_at: result.updated_at,
    result,
  };
}

function signatureOf(body: string, secret: string): string {
  const key = Buffer.from(secret.normalize('NFKD'), 'utf8');
  return `hmac-sha256-hex=${createHmac('sha256', key).update(body).digest('hex')}`;
}
