import { storableJson } from './storable-json.js';

/*
 * Whole columns as one parameter. The driver quotes and escapes each element of an array, and the server undoes it: for
 * large sets that costs more than the work itself. What needs no quotes is sent without.
 */

/** Not in any JSON text: there a control character is escaped. */
const SEPARATOR = '\u001e';
const PLAIN = /^[\w:.+\-,]*$/;

/** JSON of each value, for `jsonArray`. */
export function jsonTexts(values: readonly unknown[]): string {
  return values.map(storableJson).join(SEPARATOR);
}

/** SQL that makes `json[]` of a parameter of `jsonTexts`. */
export function jsonArray(parameter: `$${number}`): string {
  return `string_to_array(${parameter}::text, E'\\x1e')::json[]`;
}

/** An array of ids, numbers, instants or names of the code: nothing with a comma, a quote, a brace or a space in it. */
export function plainArray(values: readonly (string | number | boolean | null)[]): string {
  const text = values.map((value) => value ?? 'NULL').join(',');
  if (!PLAIN.test(text)) throw new Error('a value of a plain array needs quotes');
  return `{${text}}`;
}
