/** What a stream of the hub answers with: the fields of a subscription, or errors. */
export interface LiveAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly LiveError[];
}

export interface LiveError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** One try to subscribe. Gives what ends it. Each sink is told `ended` once and nothing after it. */
export type Subscribe = (variables: Readonly<Record<string, unknown>>, sink: LiveSink) => () => void;

export interface LiveSink {
  /** The connection is open, and the subscription was sent over it. */
  readonly opened: () => void;
  readonly next: (answer: LiveAnswer) => void;
  /** `why` is undefined when the hub completed the stream; an array holds errors of GraphQL. */
  readonly ended: (why: unknown) => void;
}

export interface LiveStreamOptions {
  readonly subscribe: Subscribe;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What the subscription gave for its one field. Throws nothing: what it throws ends the page. */
  readonly onEvent: (event: unknown) => void;
  /**
   * The stream began without a cursor: what happened between the reading of what is shown and its begin was missed. Called
   * once it is under way, so that whoever reads anew then misses nothing.
   */
  readonly onGap: () => void;
  /** The stream is over for good: `why` in a sentence. */
  readonly onRefused: (error: LiveError) => void;
  /** Timers, for tests. */
  readonly later?: (work: () => void, ms: number) => () => void;
}

/** Until then the hub has begun the stream that was asked for. */
const BEGUN_MS = 500;
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 8_000;
/** Trying again with the same words gets the same answer. */
const FINAL_CODES: ReadonlySet<unknown> = new Set([
  'SCOPE_MISSING',
  'NOT_FOR_CHANNELS',
  'BAD_USER_INPUT',
  'DOCUMENT_NOT_TRUSTED',
  'DOCUMENT_UNKNOWN',
  'GRAPHQL_VALIDATION_FAILED',
  'GRAPHQL_PARSE_FAILED',
]);
/** The cursor is of another hub, or of a log that is gone. */
const CURSOR_NOT_READABLE = 'CURSOR_NOT_READABLE';

/**
 * A subscription that outlives its connection: after each break it goes on behind the last event that it gave, so that
 * none is lost and none comes twice.
 */
export class LiveStream {
  private cursor: string | undefined;
  private tries = 0;
  private over = false;
  private end: () => void = () => undefined;
  private unsettle: () => void = () => undefined;

  constructor(private readonly options: LiveStreamOptions) {
    const { after } = options.variables;
    this.cursor = typeof after === 'string' ? after : undefined;
    this.open();
  }

  close(): void {
    this.over = true;
    this.end();
  }

  /** Does not wait for the next try: the network is back. */
  retryNow(): void {
    if (this.over || this.tries === 0) return;
    this.end();
    this.open();
  }

  private open(): void {
    const { subscribe, variables, onGap, later = afterMs } = this.options;
    const blind = this.cursor === undefined;
    let done = false;
    const stop = subscribe(
      { ...variables, after: this.cursor ?? null },
      {
        opened: () => {
          if (blind && !done && !this.over) this.unsettle = later(onGap, BEGUN_MS);
        },
        next: (answer) => {
          if (!done && !this.over) this.take(answer);
        },
        ended: (why) => {
          if (done || this.over) return;
          done = true;
          this.endedBy(why);
        },
      },
    );
    this.end = () => {
      done = true;
      this.unsettle();
      stop();
    };
  }

  private take({ data, errors }: LiveAnswer): void {
    if (data === undefined || data === null) {
      if (errors !== undefined) this.endedByErrors(errors);
      return;
    }
    this.tries = 0;
    for (const event of Object.values(data)) {
      if (event === null || typeof event !== 'object') continue;
      // Only what was handed over counts as seen.
      this.options.onEvent(event);
      if ('cursor' in event && typeof event.cursor === 'string') this.cursor = event.cursor;
    }
  }

  private endedBy(why: unknown): void {
    if (Array.isArray(why)) this.endedByErrors(why as readonly LiveError[]);
    else this.retry();
  }

  private endedByErrors(errors: readonly LiveError[]): void {
    const codes = errors.map(({ extensions }) => extensions?.['code']);
    const refusal = errors.find((_, index) => FINAL_CODES.has(codes[index]));
    if (refusal !== undefined) {
      this.close();
      this.options.onRefused(refusal);
      return;
    }
    if (codes.includes(CURSOR_NOT_READABLE)) this.cursor = undefined;
    this.retry();
  }

  private retry(): void {
    this.end();
    const { later = afterMs } = this.options;
    const waitMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** this.tries);
    this.tries += 1;
    this.end = later(() => this.open(), waitMs);
  }
}

function afterMs(work: () => void, ms: number): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
