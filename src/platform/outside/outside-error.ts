/** Why a call to an outside system failed; decides who acts and what happens next. */
export type OutsideErrorKind =
  'transient' | 'throttled' | 'rejected' | 'mapping' | 'authentication' | 'contract' | 'unknown';

interface OutsideErrorDefinition {
  readonly means: string;
  /** Who has to act where it does not pass by itself. */
  readonly owner: 'BUSINESS' | 'INTEGRATION';
  readonly next: string;
  /** False: trying again is useless until somebody has acted. */
  readonly retried: boolean;
}

const GROWING = 'Tried again with growing delay; after the last try it is a dead letter.';

/** The error taxonomy of all adapters. */
export const OUTSIDE_ERRORS: Readonly<Record<OutsideErrorKind, OutsideErrorDefinition>> = {
  transient: {
    means: 'No answer, or one that says "not now".',
    owner: 'INTEGRATION',
    next: `${GROWING} A write whose outcome is unknown is looked up by its idempotency key first.`,
    retried: true,
  },
  throttled: {
    means: 'Too many calls.',
    owner: 'INTEGRATION',
    next: 'Waits as long as the other side asks, in all processes.',
    retried: true,
  },
  rejected: {
    means: 'The other side understood and said no; `reason` says why where it is known.',
    owner: 'BUSINESS',
    next: 'Not tried again: a person solves the cause and asks for it again.',
    retried: false,
  },
  mapping: {
    means: 'The hub cannot say it in the other side’s words: a setting or a code is missing.',
    owner: 'INTEGRATION',
    next: 'Not tried again until the mapping is mended and somebody asks for it again.',
    retried: false,
  },
  authentication: {
    means: 'Credentials or rights.',
    owner: 'INTEGRATION',
    next: 'Tried again once a minute: it goes on by itself when the credentials are mended.',
    retried: true,
  },
  contract: {
    means: 'The answer is not what the contract says.',
    owner: 'INTEGRATION',
    next: 'Not tried again: the adapter or the other side must be mended first.',
    retried: false,
  },
  unknown: {
    means: 'No adapter foresaw it: a fault of the hub, mostly.',
    owner: 'INTEGRATION',
    next: GROWING,
    retried: true,
  },
};

/** Where credentials are wrong, trying often locks accounts. */
const AUTHENTICATION_DELAY_MS = 60_000;
/** When nothing was sent and nobody knows for how long. */
const NOT_SENT_DELAY_MS = 5_000;

/** One HTTP exchange that failed, as a person looks at it. Texts are cut; the address has no query. */
export interface OutsideExchange {
  readonly method: string;
  readonly url: string;
  /** Absent when no answer came. */
  readonly status?: number;
  readonly request?: string;
  readonly answer?: string;
}

export interface OutsideErrorDetails {
  /** The system as operators know it: `bank`. */
  readonly system: string;
  /** The operation in the vendor's words: `Accounts.create`. */
  readonly operation: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** The request may have had its effect although no good answer came: look up before sending again. */
  readonly outcomeUnknown?: boolean;
  /** The hub itself kept the call back (paused, breaker open, budget spent): it costs no try. */
  readonly notSent?: boolean;
  /** The adapter's own code of why, the same for all vendors: `DUPLICATE`. */
  readonly reason?: string;
  /** May hold personal data: for sealed evidence alone. */
  readonly exchange?: OutsideExchange;
  readonly cause?: unknown;
}

/** The one error of all outside calls. The message is a sentence for an operator and holds no personal data. */
export class OutsideError extends Error {
  readonly code: string;

  constructor(
    readonly kind: OutsideErrorKind,
    message: string,
    readonly details: OutsideErrorDetails,
  ) {
    super(message, { cause: details.cause });
    this.name = 'OutsideError';
    this.code = `OUTSIDE_${kind.toUpperCase()}`;
  }
}

export function kindOf(error: unknown): OutsideErrorKind {
  return error instanceof OutsideError ? error.kind : 'unknown';
}

/** Trying again is useless until somebody has acted. */
export function isFinal(kind: OutsideErrorKind): boolean {
  return !OUTSIDE_ERRORS[kind].retried;
}

/** What a task should do after this error, as its queue understands it. `sentence` is kept with the task. */
export function afterFailure(
  error: unknown,
  sentence: string,
):
  | { readonly outcome: 'RETRY'; readonly error: string; readonly retryAfterMs?: number }
  | { readonly outcome: 'HELD'; readonly error: string; readonly retryAfterMs: number }
  | { readonly outcome: 'DEAD'; readonly error: string } {
  const kind = kindOf(error);
  if (isFinal(kind)) return { outcome: 'DEAD', error: sentence };
  const details = error instanceof OutsideError ? error.details : undefined;
  const named = details?.retryAfterMs;
  if (details?.notSent === true) return { outcome: 'HELD', error: sentence, retryAfterMs: named ?? NOT_SENT_DELAY_MS };
  const retryAfterMs = kind === 'authentication' ? Math.max(AUTHENTICATION_DELAY_MS, named ?? 0) : named;
  return { outcome: 'RETRY', error: sentence, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/**
 * Calls that follow one that had its effect. What the hub keeps back of them (a pause, an open breaker) costs a try: else the
 * next one would pass for the first, and have the effect again instead of looking for it.
 */
export async function afterEffect<Result>(calls: () => Promise<Result>): Promise<Result> {
  try {
    return await calls();
  } catch (error) {
    if (!(error instanceof OutsideError) || error.details.notSent !== true) throw error;
    throw new OutsideError(error.kind, error.message, { ...error.details, notSent: false, outcomeUnknown: true });
  }
}
