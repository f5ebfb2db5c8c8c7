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
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (performance.now() > endsAt) {
      const last = (JSON.stringify(seen) ?? 'nothing').slice(0, TOLD_CHARS_MAX);
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}; last seen: ${last}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Looks until the assertions in it hold, and gives back what it gave. Throws the last of their failures. */
export async function eventually<T>(assert: () => T | Promise<T>, timeoutMs = 20_000): Promise<T> {
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assert();
    } catch (failure) {
      if (performance.now() > endsAt) throw failure;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
