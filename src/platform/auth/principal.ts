/** Who calls, as a verified token says. */
export interface Principal {
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
  /** Set for a partner: it sees this channel account alone. */
  readonly channel?: string;
  /** Seconds since 1970, UTC. What the token opened ends then. */
  readonly expiresAt: number;
}
