import type { OrderParties } from '../../src/model/channel-order.js';

const HIDDEN = '***';
/** Shorter values (a country, a house number) are in too many texts that say nothing of a person. */
const CHARS_MIN = 4;

/**
 * A sentence of an outside system, without the personal data of the order that it may quote: it goes into events, waits
 * and logs, where none may stand.
 */
export function withoutPersonalData(sentence: string, parties: OrderParties): string {
  const values = textsOf(parties).filter((text) => text.length >= CHARS_MIN);
  // The longest first: a value may be a part of another one.
  const ordered = values.toSorted((a, b) => b.length - a.length);
  return ordered.reduce((masked, value) => masked.replaceAll(value, HIDDEN), sentence);
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
