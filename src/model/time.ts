/** A UTC instant as ISO 8601 text with milliseconds and `Z`, so that comparing the text compares the time. */
export type Instant = string;

export class InstantError extends Error {
  readonly code = 'TIME_NOT_READABLE';
}

/** Reads any ISO 8601 time that names its offset, and gives it as a UTC instant. A local time is refused. */
export function parseInstant(text: string): Instant {
  const iso = text.trim().replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T');
  if (!/(Z|[+-]\d{2}:?\d{2})$/i.test(iso)) throw new InstantError(`"${text}" does not say its UTC offset`);
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) throw new InstantError(`"${text}" is not an ISO 8601 time`);
  return time.toISOString();
}
