const DAY_MS = 86_400_000;

/** Days that a page looks back, from today on. */
export const SPANS = [7, 30, 90] as const;

/** `YYYY-MM-DD`, UTC, so many days before the instant. */
export function dayBefore(now: number, days: number): string {
  return new Date(now - days * DAY_MS).toISOString().slice(0, 10);
}

/** Midnight of a day in Unix seconds. */
export function secondsOf(day: string): number {
  return Date.parse(day) / 1_000;
}

/** All days from the first to the last, both in it. */
export function daysFrom(first: string, last: string): readonly string[] {
  const days = Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1;
  return Array.from({ length: Math.max(0, days) }, (_, at) => dayBefore(Date.parse(first), -at));
}
