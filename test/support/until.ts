const LOOK_EVERY_MS = 40;
const TOLD_CHARS_MAX = 4_000;

export interface UntilOptions {
  /** Names what is waited for, in the error of a wait in vain. */
  readonly what: string;
  readonly timeoutMs: number;
}

/** Looks until it is so. Throws with what was seen last. */
export function until<T, Wanted extends T>(
  look: () => T | Promise<T>,
  wanted: (seen: T) => seen is Wanted,
  options: UntilOptions,
): Promise<Wanted>;
export function until<T>(look: () => T | Promise<T>, wanted: (seen: T) => boolean, options: UntilOptions): Promise<T>;
export async function until<T>(
  look: () => T | Promise<T>,
  wanted: (seen: T) => boolean,
  { what, timeoutMs }: UntilOptions,
): Promise<T> {
  const endsAt = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (Date.now() > endsAt) {
      const last = (JSON.stringify(seen) ?? 'nothing').slice(0, TOLD_CHARS_MAX);
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}; last seen: ${last}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
