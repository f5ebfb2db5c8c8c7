import type { ListingKey } from './publishing.types.js';

/** The scope of a walk over all listings; any other is a channel. */
export const EVERYTHING = '*';

export interface WalkStart {
  /** The event after which the listings are looked at. */
  readonly cause: string;
  /** Its cause may be known to some processes only later: each listing is looked at once more then. */
  readonly lookAgain: boolean;
}

/** A change that concerns more listings than one transaction should write: they are looked at page by page. */
export interface Walk extends WalkStart {
  /** EVERYTHING, or a channel. */
  readonly scope: string;
  /** The last listing that was looked at. */
  readonly after?: ListingKey;
  /** Asked for while it was under way: it starts anew when it ends. */
  readonly next?: WalkStart;
}

/** One walk for each scope, however often it is asked for. */
export function withWalk(walks: readonly Walk[], scope: string, start: WalkStart): readonly Walk[] {
  const known = walks.find((walk) => walk.scope === scope);
  const others = walks.filter((walk) => walk !== known);
  if (known === undefined) return [...others, { scope, ...start }];
  if (known.after === undefined) return [...others, { ...known, ...merged(known, start) }];
  return [...others, { ...known, next: merged(known.next, start) }];
}

/** The walk went as far as this listing; undefined is its end. */
export function advanced(walks: readonly Walk[], walk: Walk, after: ListingKey | undefined): readonly Walk[] {
  const others = walks.filter((other) => other !== walk);
  if (after !== undefined) return [...others, { ...walk, after }];
  return walk.next === undefined ? others : [...others, { scope: walk.scope, ...walk.next }];
}

function merged(first: WalkStart | undefined, second: WalkStart): WalkStart {
  if (first === undefined) return second;
  return { cause: second.cause, lookAgain: first.lookAgain || second.lookAgain };
}
