import type { SeededRandom } from '../support/seeded-random.js';
import { Raw, WireObject, type WireJson } from './wire-json.js';

const DEPTHS = [5, 200, 20_000] as const;
const LENGTHS = [64, 257, 1_025, 5_000, 70_000] as const;
const LONG_LIST = 3_000;

const NUMBERS: readonly string[] = [
  '0',
  '-0',
  '-1',
  '1.5',
  '0.1',
  '1e2',
  '1E-7',
  '1e999',
  '-1e999',
  '2147483647',
  '2147483648',
  '4294967296',
  '9007199254740991',
  '9007199254740993',
  '-9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '123456789012345678901234567890123456789012',
  '1e308',
  '5e-324',
  '99999999999.999999999',
  // No numbers of JSON.
  'NaN',
  'Infinity',
  '01',
  '+1',
  '.5',
  '1.',
  '0x10',
  '1_000',
  '--1',
];

const TEXTS: readonly string[] = [
  '',
  ' ',
  '\t',
  '\n',
  '0',
  '-1',
  '1e5',
  'true',
  'null',
  'undefined',
  'NaN',
  '[object Object]',
  '{}',
  '[]',
  '\u0000',
  'a\u0000b',
  '\u0001\u001f',
  '\u007f',
  '\u2028\u2029',
  '\ufeff',
  '\ufffe',
  '\uffff',
  '\u202eabc',
  '𝕏',
  '👩‍👩‍👧‍👦',
  'é',
  'e\u0301',
  'ﬃ',
  'İ',
  'ß',
  '漢字',
  'مرحبا',
  '\u{10ffff}',
  "'",
  '"',
  '\\',
  "'; drop table orders; --",
  '$1',
  '${x}',
  '%s%n',
  '%00',
  '../../etc/passwd',
  '<script>',
  '&amp;',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'gid://shopify/Order/1',
  '12.50',
  '12,50',
  '-0.00',
  '1.999',
  '1e3',
  '99999999999999999999.99',
  '0.0000000001',
  'EUR',
  'eur',
  'XXX',
  'JPY',
];

const DATES: readonly string[] = [
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '-271821-04-20T00:00:00.000Z',
  '+275760-09-13T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '10000-01-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '294277-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-06-30T23:59:60Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01',
  '2026-01-01T00:00:00+14:00',
  '2026-01-01T00:00:00-23:59',
  '2026-01-01T00:00:00+99:99',
  '2026-01-01T00:00:00.1234567890Z',
  '4714-11-24 BC',
  'infinity',
  '-infinity',
  'now',
  'tomorrow',
  '1767264000',
  '2026-W01-1',
];

/** Names that mean something to a language or to somebody careless with it. */
export const HOSTILE_NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'toJSON',
  'length',
  'hasOwnProperty',
  'then',
  '',
  ' ',
  '\u0000',
  '$ref',
  '$where',
  '@type',
  '0',
  '-1',
  'id',
  'Id',
  'ID',
  '\ud83d\ude00',
  'a/b~c',
  '.',
  '..',
];

/** A half of a surrogate pair, as JSON text can hold it and UTF-8 cannot. */
const LONE_SURROGATES: readonly string[] = ['"\\ud800"', '"\\udc00"', '"a\\udfffb"', '"\\ud800\\ud800"', '"\\uD83D"'];

type Kind = (random: SeededRandom) => WireJson;

const KINDS: readonly Kind[] = [
  (random) => new Raw(random.pick(NUMBERS)),
  (random) => new Raw(random.pick(NUMBERS)),
  (random) => random.pick(TEXTS),
  (random) => random.pick(TEXTS),
  (random) => random.pick(DATES),
  (random) => new Raw(random.pick(LONE_SURROGATES)),
  (random) => random.pick([true, false, null]),
  () => [],
  () => new WireObject([]),
  (random) => random.pick(['A', '\u00e9', '漢', '\u0000', '"', '𝕏']).repeat(random.pick(LENGTHS)),
  (random) => nested(random.pick(DEPTHS), random.chance(0.5)),
  () => Array.from({ length: LONG_LIST }, (_, index) => index),
  (random) => new WireObject([[random.pick(HOSTILE_NAMES), new WireObject([['isAdmin', true]])]]),
  (random) => new Raw(random.pick(['', 'undefined', '{', '[', ']', '"', "'a'", '/* */1', '1 2', '\\', 'tru'])),
];

/** Something that does not belong where it is put. */
export function hostileValue(random: SeededRandom): WireJson {
  return random.pick(KINDS)(random);
}

export function hostileText(random: SeededRandom): string {
  return random.pick(random.chance(0.3) ? DATES : TEXTS);
}

/** Written out, as a tree this deep could not be walked. */
function nested(depth: number, lists: boolean): WireJson {
  return new Raw(lists ? '['.repeat(depth) + ']'.repeat(depth) : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
}
