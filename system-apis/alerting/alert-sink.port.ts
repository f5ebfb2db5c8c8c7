import type { Instant } from '../../src/model/time.js';

/** An alert, or several of a kind, as they are told outside: what happened, to what, and what is known of it. No personal data. */
export interface ToldAlert {
  /** Unique and the same at each try: receivers drop what they have seen. */
  readonly id: string;
  /** `raised`, `breached` or `ended`. */
  readonly happened: 'raised' | 'breached' | 'ended';
  /** What it is about: `order/<hub id>`; of several `channel/<channel account>/<step>`. */
  readonly subject: string;
  readonly at: Instant;
  readonly data: Readonly<Record<string, unknown>>;
}

export const ALERT_SINK = Symbol('AlertSink');

/** Whoever outside wants to hear of alerts: a chat, an on-call service, an integration platform. */
export interface AlertSink {
  /** The name by which policies and metrics know it. */
  readonly system: string;
  /** Told once or more often, in any order. Throws OutsideError. */
  tell(alert: ToldAlert): Promise<void>;
}
