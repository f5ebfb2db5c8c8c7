import { GraphQLError } from 'graphql';
import {
  CursorError,
  encodeCursor,
  isAfter,
  SlowConsumerError,
  type EventCursor,
} from '../../src/platform/event-log/index.js';
import { rootCause } from './graphql-errors.js';
import type { SubscriptionOutlet } from './subscription-outlet.js';

/** Messages that may wait for a client which does not take them, for each of its subscriptions. */
export const UNDELIVERED_MAX = 500;
/** Messages that may wait while a subscriber reads what came before; beyond it, it reads on from the log. */
const HELD_MAX = 500;
/** How long a client that reads the past may take nothing. */
const STALLED_MS_MAX = 10_000;

/** A message as all subscribers of a group get it: the `payload` of a `next` message, as JSON. */
export interface Telling {
  readonly cursor: EventCursor;
  readonly payload: string;
}

export type SubscriberEnd = 'LEFT' | { readonly error: GraphQLError };

/**
 * One subscription of one client: what it was told last, and what waits for it. It begins holding back what is live;
 * `goLive` lets it through.
 */
export class LiveSubscriber {
  readonly ended: Promise<SubscriberEnd>;
  private readonly prefix: string;
  private readonly settle: (end: SubscriberEnd) => void;
  private told: EventCursor | undefined;
  private isLive = false;
  private hasJoined: boolean;
  private isOver = false;
  private missedSome = false;
  private waiting: Telling[] = [];

  /**
   * @param id the client's name for the subscription.
   * @param isState whether each message tells all there is: then none is a double of another.
   */
  constructor(
    id: string,
    private readonly outlet: SubscriptionOutlet,
    isState: boolean,
  ) {
    this.hasJoined = isState;
    this.prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    const { promise, resolve } = Promise.withResolvers<SubscriberEnd>();
    this.ended = promise;
    this.settle = resolve;
  }

  get hasEnded(): boolean {
    return this.isOver;
  }

  /** What it was told last; undefined before anything. */
  get place(): EventCursor | undefined {
    return this.told;
  }

  /** Everything up to here is behind this subscriber. */
  passTo(cursor: EventCursor): void {
    if (this.told === undefined || isAfter(cursor, this.told)) this.told = cursor;
  }

  /** What the group tells: at once, or when this subscriber and its client are ready for it. */
  tell(telling: Telling): void {
    if (this.isOver || (this.isLive && !this.isNew(telling))) return;
    if (this.isLive && this.waiting.length === 0 && this.outlet.isFree) return this.send(telling);
    if (this.isLive) this.queue(telling);
    else this.hold(telling);
  }

  /** What the subscriber reads alone: waits for the client. */
  async tellPast(telling: Telling): Promise<void> {
    if (!this.outlet.isFree) await this.patience();
    if (!this.isOver) this.send(telling);
  }

  /** Lets through what was held back and is new. False when some was let go: the log must be read on first. */
  goLive(): boolean {
    const held = this.waiting;
    this.waiting = [];
    if (this.missedSome) {
      this.missedSome = false;
      return false;
    }
    this.isLive = true;
    for (const telling of held) this.tell(telling);
    return true;
  }

  leave(): void {
    this.end('LEFT');
  }

  /** Ends the subscription with an error that says where to resume. */
  fail(error: unknown): void {
    const { told } = this;
    const cause = rootCause(error);
    this.end({
      error: new GraphQLError(cause instanceof Error ? cause.message : String(cause), {
        originalError: cause instanceof Error ? cause : new Error(String(cause)),
        // A cursor that was refused is no place to resume from.
        extensions: told === undefined || cause instanceof CursorError ? {} : { cursor: encodeCursor(told) },
      }),
    });
  }

  /** The group may be behind what the subscriber has read alone, until it has told something newer. */
  private isNew({ cursor }: Telling): boolean {
    if (this.hasJoined) return true;
    this.hasJoined = this.told === undefined || isAfter(cursor, this.told);
    return this.hasJoined;
  }

  private send({ cursor, payload }: Telling): void {
    this.told = cursor;
    this.outlet.send(`${this.prefix}${payload}}`);
  }

  private hold(telling: Telling): void {
    if (this.missedSome) return;
    this.waiting.push(telling);
    this.missedSome = this.waiting.length > HELD_MAX;
    if (this.missedSome) this.waiting = [];
  }

  private queue(telling: Telling): void {
    if (this.waiting.length >= UNDELIVERED_MAX)
      return this.fail(tooSlow(`${UNDELIVERED_MAX} messages wait for the client`));
    this.waiting.push(telling);
    if (this.waiting.length === 1) void this.drain();
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0 && !this.isOver) {
      await this.outlet.freed();
      let sent = 0;
      for (const telling of this.waiting) {
        if (!this.outlet.isFree || this.isOver) break;
        this.send(telling);
        sent += 1;
      }
      this.waiting.splice(0, sent);
    }
  }

  private async patience(): Promise<void> {
    const timer = setTimeout(
      () => this.fail(tooSlow(`the client took nothing for ${STALLED_MS_MAX / 1_000} seconds`)),
      STALLED_MS_MAX,
    );
    await Promise.race([this.outlet.freed(), this.ended]);
    clearTimeout(timer);
  }

  private end(end: SubscriberEnd): void {
    this.isOver = true;
    this.waiting = [];
    this.settle(end);
  }
}

function tooSlow(why: string): SlowConsumerError {
  return new SlowConsumerError(`The subscription was ended because ${why}: resume after the cursor.`);
}
