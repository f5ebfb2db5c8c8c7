import { GraphQLError } from 'graphql';
import type { PastPosition } from '../../../process-apis/availability/index.js';
import { HistoryTooLongError } from '../../../process-apis/orders/index.js';
import type { Position } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { badInput } from '../graphql-errors.js';

/** The instant that was asked for; undefined for now. Throws a GraphQL error for one that is to come. */
export function pastInstant(asOf: Date | null | undefined): Instant | undefined {
  if (!(asOf instanceof Date)) return undefined;
  const instant = asOf.toISOString();
  const now = new Date().toISOString();
  if (instant > now) throw badInput(`"asOf" is in the future: it is ${now} now. Leave it out for the present.`);
  return instant;
}

/** What is too long to be rebuilt is told as such. */
export async function rebuilt<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof HistoryTooLongError)) throw error;
    throw new GraphQLError(error.message, { extensions: { code: error.code } });
  }
}

export function isPastPosition(position: Position): position is PastPosition {
  return 'lastMovement' in position;
}

/** Before which movement the ledger of a position is shown: all of it, or until the instant that it was rebuilt for. */
export function movementsEnd(position: Position): string | undefined {
  return isPastPosition(position) ? String(BigInt(position.lastMovement) + 1n) : undefined;
}

/** `what` begins the sentence. */
export function notRebuilt(what: string): GraphQLError {
  return new GraphQLError(
    `${what} is not in the ledger and cannot be rebuilt: ask without "asOf", or without this field.`,
    {
      extensions: { code: 'NOT_REBUILT' },
    },
  );
}
