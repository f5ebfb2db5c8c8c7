import { ProblemError } from '../http/problem.js';
import type { Principal } from './principal.js';

/** The answer for a channel account that does not exist, or not for this caller: the two must look the same. */
export function unknownChannel(channel: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'UNKNOWN_ACCOUNT',
    title: 'Unknown account',
    detail: `There is no account "${channel}".`,
  });
}

/** A caller that is bound to one channel account sees no other. Throws the 404 problem, so that nothing is revealed. */
export function requireChannel(principal: Principal, channel: string): void {
  if (principal.channel !== undefined && principal.channel !== channel) throw unknownChannel(channel);
}
