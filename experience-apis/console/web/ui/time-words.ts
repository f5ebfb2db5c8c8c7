/** Times in words, for people. Pure: whoever shows them says what time it is. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  { size: DAY, sign: 'd' },
  { size: HOUR, sign: 'h' },
  { size: MINUTE, sign: 'min' },
  { size: SECOND, sign: 's' },
] as const;

/** A length of time in its two largest units: "2 d 3 h", "4 min 10 s", "12.5 s", "840 ms". Milliseconds in; negative is told as such. */
export function durationWords(milliseconds: number): string {
  const length = Math.abs(milliseconds);
  const sign = milliseconds < 0 ? '−' : '';
  if (length < SECOND) return `${sign}${Math.round(length)} ms`;
  if (length < MINUTE) return `${sign}${trimmed(length / SECOND)} s`;
  const at = UNITS.findIndex((unit) => length >= unit.size);
  const large = UNITS[at];
  const small = UNITS[at + 1];
  if (large === undefined || small === undefined) return `${sign}${trimmed(length / SECOND)} s`;
  // Rounded as a whole first: 59 min 59.9 s are 1 h, not "59 min 60 s".
  const rounded = Math.round(length / small.size) * small.size;
  if (rounded >= (UNITS[at - 1]?.size ?? Infinity)) return sign + durationWords(rounded);
  const rest = Math.round((rounded % large.size) / small.size);
  const head = `${sign}${Math.floor(rounded / large.size)} ${large.sign}`;
  return rest === 0 ? head : `${head} ${rest} ${small.sign}`;
}

/** How far an instant is from now: "3 min ago", "in 2 h", "now" within five seconds. */
export function relativeWords(instant: number, now: number): string {
  const apart = now - instant;
  const length = Math.abs(apart);
  if (length < 5 * SECOND) return 'now';
  const unit = UNITS.find(({ size }) => length >= size) ?? UNITS[3];
  const words = `${Math.floor(length / unit.size)} ${unit.sign}`;
  return apart > 0 ? `${words} ago` : `in ${words}`;
}

/** An instant to the second, UTC: "2026-11-21 20:53:56". */
export function utcWords(instant: string | number): string {
  return new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
}

/** An instant for a tooltip: UTC to the millisecond, then where the reader is. */
export function bothTimes(instant: string | number): string {
  const date = new Date(instant);
  const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' }).format(date);
  return `${date.toISOString().replace('T', ' ').replace('Z', '')} UTC\n${local}`;
}

function trimmed(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
