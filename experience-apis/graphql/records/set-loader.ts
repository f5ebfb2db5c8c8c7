import DataLoader from 'dataloader';

/** How the loaders of one operation keep what they read. */
export interface LoaderOptions {
  /** False for what lives long: each turn sees the records as they are then. */
  readonly remember: boolean;
}

/** A part of the records of one owner. */
export interface Sized<Key> {
  readonly key: Key;
  readonly first: number;
}

export type ByKey<Key, Value> = DataLoader<Key, Value | undefined, string>;
export type Parts<Key, Value> = DataLoader<Sized<Key>, readonly Value[], string>;

/** One statement for all keys of a turn; unknown ones give undefined. */
export function loadByKey<Key, Value>(
  read: (keys: readonly Key[]) => Promise<ReadonlyMap<string, Value>>,
  nameOf: (key: Key) => string,
  { remember }: LoaderOptions,
): DataLoader<Key, Value | undefined, string> {
  return new DataLoader(
    async (keys) => {
      const found = await read([...new Map(keys.map((key) => [nameOf(key), key])).values()]);
      return keys.map((key) => found.get(nameOf(key)));
    },
    { cache: remember, cacheKeyFn: nameOf },
  );
}

/** One statement for the parts of all owners of a turn, as long as the longest that is asked for. */
export function loadParts<Key, Value>(
  read: (keys: readonly Key[], perKey: number) => Promise<ReadonlyMap<string, readonly Value[]>>,
  nameOf: (key: Key) => string,
  { remember }: LoaderOptions,
): DataLoader<Sized<Key>, readonly Value[], string> {
  return new DataLoader(
    async (asked) => {
      const keys = [...new Map(asked.map(({ key }) => [nameOf(key), key])).values()];
      const found = await read(keys, Math.max(...asked.map(({ first }) => first)));
      return asked.map(({ key, first }) => (found.get(nameOf(key)) ?? []).slice(0, first));
    },
    { cache: remember, cacheKeyFn: ({ key, first }) => `${nameOf(key)}\u0000${first}` },
  );
}

/** What there is once: one statement for all that ask in a turn. */
export function loadWhole<Value>(read: () => Promise<Value>, { remember }: LoaderOptions): () => Promise<Value> {
  const loader = new DataLoader<'all', Value>(
    async (keys) => {
      const value = await read();
      return keys.map(() => value);
    },
    { cache: remember },
  );
  return () => loader.load('all');
}

/** Rows by the name of their owner. */
export function groupedBy<Row>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, nameOf);
}

export function indexedBy<Row>(rows: readonly Row[], nameOf: (row: Row) => string): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [nameOf(row), row]));
}

/** The name of a key of several parts. */
export function nameOfParts(...parts: readonly string[]): string {
  return parts.join('\u0000');
}
