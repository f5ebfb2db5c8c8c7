/** SQL that gives a timestamptz as the text of an instant: UTC, with milliseconds and `Z`. */
export function utc(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
