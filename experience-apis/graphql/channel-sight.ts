import type { Order } from '../../src/model/order.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { requireChannel } from '../../src/platform/auth/require-channel.js';
import { ProblemError } from '../../src/platform/http/problem.js';

/** The order, if the caller may see it: one of another channel looks like none at all. */
export function ifVisible(principal: Principal, order: Order | undefined): Order | undefined {
  return order === undefined || principal.channel === undefined || order.channel === principal.channel
    ? order
    : undefined;
}

/**
 * The channel that a list or stream is narrowed to: what was asked for, and for a partner its own whatever was asked.
 * Throws the 404 problem when a partner names another one.
 */
export function visibleChannel(principal: Principal, asked: string | null | undefined): string | undefined {
  if (typeof asked !== 'string') return principal.channel;
  requireChannel(principal, asked);
  return asked;
}

/** What is of no single channel. Throws the 403 problem for a caller that is bound to one; `why` is a sentence. */
export function requireHouse({ channel }: Principal, why: string): void {
  if (channel === undefined) return;
  throw new ProblemError({
    status: 403,
    code: 'NOT_FOR_CHANNELS',
    title: 'Not for a token of one channel',
    detail: why,
  });
}
