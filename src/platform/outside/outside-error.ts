/**
 * Why a call to an outside system failed; decides what happens next.
 * transient: try again later. throttled: try again after `retryAfterMs`. rejected: the other side understood and said no,
 * trying again is useless. authentication: credentials or rights. contract: the answer is not what the contract says.
 */
export type OutsideErrorKind = 'transient' | 'throttled' | 'rejected' | 'authentication' | 'contract';

export interface OutsideErrorDetails {
  /** The system as operators know it: `sap-s4hana`, `amazon`, `shopify`, `wms`. */
  readonly system: string;
  /** The operation in the vendor's words: `A_SalesOrder.create`. */
  readonly operation: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** The request may have had its effect although no good answer came: look up before sending again. */
  readonly outcomeUnknown?: boolean;
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
