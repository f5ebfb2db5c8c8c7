/** When an event happened, in the message that tells it. */
export const EVENT_AT = /"occurredAt":"([^"]+)"/;

/** The place of an event in the log, in the message that tells it. */
export const CURSOR = /"cursor":"([^"]+)"/;

/** Clients of graphql-ws that connect and subscribe, from a process of their own. */
export interface Subscribers {
  readonly url: string;
  readonly count: number;
  readonly query: string;
  readonly bearer: string;
}

/** What each subscriber got since it connected. */
export interface Tally {
  /** Messages of the subscriber that got the fewest. */
  readonly least: number;
  readonly most: number;
  /** Messages that a subscriber had before, of all. */
  readonly twice: number;
}

export interface Heard {
  /** Messages of all subscribers. */
  readonly perSecond: number;
  /** From the event to its arrival; of all messages. */
  readonly p99Ms: number;
  /** The last message as it came. */
  readonly sample: string;
}
