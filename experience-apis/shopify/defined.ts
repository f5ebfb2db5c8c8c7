/** The same object with the keys that may be undefined made optional. */
type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out what is undefined, as optional properties of the model must be. */
export function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** Shopify writes "not given" as null, as an absent key or as an empty text. */
export function given(text: string | null | undefined): string | undefined {
  return text === null || text === '' ? undefined : text;
}
