import type { SoftOutcome } from '../../process-apis/availability/index.js';
import { ProblemError } from '../../src/platform/http/problem.js';
import { invalidRequest } from '../../src/platform/http/invalid-input.js';

/** The problem of a soft reservation that holds nothing. */
export function notReserved(
  outcome: Exclude<SoftOutcome, { readonly outcome: 'RESERVED' }>,
  reference: string,
): ProblemError {
  switch (outcome.outcome) {
    case 'OUT_OF_STOCK':
      return new ProblemError({
        status: 409,
        code: 'OUT_OF_STOCK',
        title: 'Not all of it is in stock',
        detail: 'Nothing is held: a reservation holds all of its lines or none. See errors for what is missing.',
        errors: outcome.missing.map(({ line, wanted, missing }) => ({
          pointer: `/lines/${line}/quantity`,
          detail: `${missing} of ${wanted} cannot be had now: ask for ${wanted - missing}.`,
        })),
      });
    case 'CONFLICT':
      return new ProblemError({
        status: 409,
        code: 'RESERVATION_EXISTS',
        title: 'There is another reservation of this reference',
        detail: `"${reference}" was reserved with other content. Release it first and use a reference of its own for this one.`,
      });
    case 'ENDED':
      return reservationEnded(reference, outcome.status);
    case 'UNKNOWN':
      return invalidRequest(outcome.errors);
  }
}

export function reservationEnded(reference: string, status: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'RESERVATION_ENDED',
    title: 'The reservation is not held any more',
    detail: `"${reference}" is ${status.toLowerCase()}: reserve again under a new reference.`,
  });
}

export function unknownReservation(reference: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'UNKNOWN_RESERVATION',
    title: 'Unknown reservation',
    detail: `This channel has no reservation "${reference}".`,
  });
}

export function channelMissing(): ProblemError {
  return invalidRequest([
    { pointer: '', detail: 'Name the channel in the query: ?channel=<id of the channel account>.' },
  ]);
}
