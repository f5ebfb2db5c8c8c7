import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

type Values<Key extends string> = Readonly<Record<Key, string>>;

export interface UrlState<Key extends string> {
  readonly values: Values<Key>;
  /** What is not named stays. Takes pages of a list back to the first. */
  readonly set: (changes: Partial<Values<Key>>) => void;
  /** Everything as at the start. */
  readonly clear: () => void;
  /** Something is not as at the start. */
  readonly any: boolean;
}

/** Where the pages of a list stand in the URL: the cursors that were gone through, one after the other. */
export const PAGES_PARAM = 'after';

/**
 * What a page shows, kept in its URL: it survives a reload and can be sent to others. `defaults` must be a constant: what is
 * equal to it is left out of the URL.
 */
export function useUrlState<Key extends string>(defaults: Values<Key>): UrlState<Key> {
  const [params, setParams] = useSearchParams();
  const keys = useMemo(() => Object.keys(defaults) as Key[], [defaults]);
  const values = useMemo(
    () => Object.fromEntries(keys.map((key) => [key, params.get(key) ?? defaults[key]])) as Values<Key>,
    [keys, params, defaults],
  );
  const set = useCallback(
    (changes: Partial<Values<Key>>) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const key of keys) {
            const value = changes[key];
            if (value === undefined) continue;
            if (value === defaults[key]) next.delete(key);
            else next.set(key, value);
          }
          next.delete(PAGES_PARAM);
          return next;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams, keys, defaults],
  );
  const clear = useCallback(() => set(defaults), [set, defaults]);
  return { values, set, clear, any: keys.some((key) => values[key] !== defaults[key]) };
}
