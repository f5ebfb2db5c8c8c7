/** How far the id of a row and its time may lie apart, in milliseconds: the clocks of the process and of the database made them. */
const CLOCKS_APART_MS_MAX = 3_600_000;

/** An id before which no row lies whose time is at or after the instant: where a list by id begins that is asked for by time. */
export function firstIdFrom(instant: string): string {
  return idAt(Date.parse(instant) - CLOCKS_APART_MS_MAX);
}

/** An id from which on no row lies whose time is before the instant. */
export function endOfIdsBefore(instant: string): string {
  return idAt(Date.parse(instant) + CLOCKS_APART_MS_MAX);
}

/** The smallest UUIDv7 of a Unix time in milliseconds. */
function idAt(ms: number): string {
  const time = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
