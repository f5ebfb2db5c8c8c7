import { maskText } from './masking.js';

const HIDDEN = '***';

/** Words in the name of a field whose value names or locates a person, or opens a door. */
const TELLING_WORDS = new Set(
  (
    'name names firstname lastname fullname surname username email mail phone mobile telephone fax street streets house ' +
    'address addresses addressline city town zip zipcode postal postcode province company vat birth birthday gift note ' +
    'notes remark remarks recipient contact latitude longitude ip line1 line2 line3 token secret password authorization ' +
    'authorisation apikey cookie signature credential credentials'
  ).split(' '),
);
const TELLING_PAIRS: readonly (readonly [string, string])[] = [
  ['tax', 'id'],
  ['tax', 'number'],
  ['api', 'key'],
  ['line', '1'],
  ['line', '2'],
  ['line', '3'],
];
/** Of a name: `shipToCity`, `ship_to_city` and `SHIP-TO-CITY` are ship, to, city. */
const WORDS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d?|\d+/g;

function isTelling(name: string): boolean {
  const words = (name.match(WORDS) ?? []).map((word) => word.toLowerCase());
  const has = (word: string): boolean => words.includes(word);
  return (
    words.some((word) => TELLING_WORDS.has(word) || TELLING_WORDS.has(word.replace(/\d$/, ''))) ||
    TELLING_PAIRS.some(([one, other]) => has(one) && has(other))
  );
}

const JSON_TEXT = /"((?:[^"\\]|\\.){1,100})"(\s*:\s*)"((?:[^"\\]|\\.)*)("?)/g;
const JSON_NUMBER = /"((?:[^"\\]|\\.){1,100})"(\s*:\s*)(-?\d[\d.]*)/g;
const JSON_LIST = /"((?:[^"\\]|\\.){1,100})"(\s*:\s*)\[([^[\]{}]*)(\]?)/g;
/** JSON as a text within JSON: its quotes are escaped. */
const INNER_TEXT = /\\"([^"\\]{1,100})\\"(\s*:\s*)\\"([^"\\]*)/g;
const XML_TEXT = /<((?:[\w.-]+:)?([\w.-]+))(\s[^<>]*)?>((?:<!\[CDATA\[)?[^<]+)/g;
const XML_ATTRIBUTE = /(\s(?:[\w.-]{1,100}:)?([\w.-]{1,100})=)(?:"[^"<]*"?|'[^'<]*'?)/g;
const FORM_VALUE = /(^|[&\n])([\w.[\]-]{1,100})=([^&\n]*)/g;

/**
 * A body as others wrote it, JSON, XML or a form, whole or cut anywhere, without what names a person or opens a door: the
 * values of fields that are called so, what looks like an address of mail or a token, and the given texts. For people who
 * look for what went wrong.
 */
export function maskPayload(text: string, known: readonly string[] = []): string {
  const masked = text
    .replaceAll(JSON_TEXT, (all, name: string, colon: string, _value, end: string) =>
      isTelling(name) ? `"${name}"${colon}"${HIDDEN}${end}` : all,
    )
    .replaceAll(JSON_NUMBER, (all, name: string, colon: string) =>
      isTelling(name) ? `"${name}"${colon}"${HIDDEN}"` : all,
    )
    .replaceAll(JSON_LIST, (all, name: string, colon: string, _values, end: string) =>
      isTelling(name) ? `"${name}"${colon}["${HIDDEN}"${end}` : all,
    )
    .replaceAll(XML_TEXT, (all, tag: string, name: string, attributes: string | undefined, value: string) =>
      isTelling(name) && value.trim() !== '' ? `<${tag}${attributes ?? ''}>${HIDDEN}` : all,
    )
    .replaceAll(XML_ATTRIBUTE, (all, before: string, name: string) => (isTelling(name) ? `${before}"${HIDDEN}"` : all))
    .replaceAll(INNER_TEXT, (all, name: string, colon: string) =>
      isTelling(name) ? String.raw`\"${name}\"${colon}\"${HIDDEN}` : all,
    )
    .replaceAll(FORM_VALUE, (all, before: string, name: string) =>
      isTelling(name) ? `${before}${name}=${HIDDEN}` : all,
    );
  // The longest first: a text may be a part of another one.
  const longestFirst = known.toSorted((a, b) => b.length - a.length);
  return maskText(longestFirst.reduce((sum, value) => sum.replaceAll(value, HIDDEN), masked));
}
