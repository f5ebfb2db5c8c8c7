import { createHash } from 'node:crypto';

/** A number in [0, 1) that depends on the text alone: the same release always fares the same. */
export function chance(text: string): number {
  return hash32(text) / 2 ** 32;
}

/** A whole number in [0, 2^32) that depends on the text alone. */
export function hash32(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}
