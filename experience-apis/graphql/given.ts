/** Arguments as GraphQL hands them in: what was not given is absent, what was given as null is null. */
export type Given<T> = { readonly [Name in keyof T]?: T[Name] | null };

/** What was given as null is like what is absent. */
export function givenOnly<T extends object>(given: Given<T>): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as Partial<T>;
}
