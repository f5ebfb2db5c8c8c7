import type { ProblemDetail } from '../../src/platform/http/problem.js';
import { repeatedEntries } from '../../src/platform/http/invalid-input.js';
import { readAccounts, readUnknownSkus, type Db } from './catalog.sql.js';
import type { Item, ItemUnit, Listing, Substitutes } from './catalog.types.js';
import { KitGraph } from './kit-graph.js';
import { readKitsAround } from './kit.sql.js';
import { findCountedItems, lockItemsOfOtherBase, readUnitsOfItems } from './item-unit.sql.js';

/** What an item is counted in when nothing else is said. */
const BASE_UNIT = 'each';
export const EVERY_CHANNEL = '*';

interface Named {
  readonly name: string;
  readonly pointer: string;
}

/** Items that are named and that the catalog does not hold. */
export async function unknownItems(tx: Db, named: readonly Named[]): Promise<readonly ProblemDetail[]> {
  const unknown = new Set(await readUnknownSkus(tx, [...new Set(named.map(({ name }) => name))]));
  return named.flatMap(({ name, pointer }) => (unknown.has(name) ? [{ pointer, detail: noItem(name) }] : []));
}

export function noItem(sku: string): string {
  return `There is no item "${sku}": save it first, or correct the SKU.`;
}

/** Each finding's pointer starts with the index of its entry, here and below. */
export async function checkItems(tx: Db, items: readonly Item[]): Promise<readonly ProblemDetail[]> {
  const repeated = repeatedEntries(
    items.map(({ sku }) => sku),
    'The item',
    '/sku',
  );
  const others = await lockItemsOfOtherBase(tx, items);
  const counted = others.size === 0 ? new Set<string>() : await findCountedItems(tx, [...others.keys()]);
  const changed = items.flatMap(({ sku, baseUnit = BASE_UNIT }, index) =>
    counted.has(sku)
      ? [
          {
            pointer: `/${index}/baseUnit`,
            detail:
              `The item "${sku}" is counted in "${others.get(sku)}" by stock, units, kits or listings: it cannot ` +
              `become "${baseUnit}". Save a new item for it.`,
          },
        ]
      : [],
  );
  return [...repeated, ...changed];
}

export async function checkUnits(tx: Db, entries: readonly ItemUnit[]): Promise<readonly ProblemDetail[]> {
  const items = await readUnitsOfItems(tx, [...new Set(entries.map(({ sku }) => sku))]);
  const wrong = entries.flatMap(({ sku, unit }, index) => {
    const item = items.get(sku);
    if (item === undefined) return [{ pointer: `/${index}/sku`, detail: noItem(sku) }];
    if (unit !== item.baseUnit) return [];
    return [{ pointer: `/${index}/unit`, detail: `"${unit}" is the base unit of "${sku}": it is 1 by itself.` }];
  });
  return [
    ...repeatedEntries(
      entries.map(({ sku, unit }) => `${sku}/${unit}`),
      'The unit of this item',
      '/unit',
    ),
    ...wrong,
  ];
}

export async function checkSubstitutes(tx: Db, entries: readonly Substitutes[]): Promise<readonly ProblemDetail[]> {
  const pairs = entries.flatMap(({ sku, substitutes }, entry) =>
    substitutes.map((substitute, index) => ({ sku, substitute, pointer: `/${entry}/substitutes/${index}` })),
  );
  const repeated = entries.flatMap(({ substitutes }, entry) =>
    repeatedEntries(substitutes, 'The item').map(({ pointer, detail }) => ({
      pointer: `/${entry}/substitutes${pointer}`,
      detail,
    })),
  );
  const graph = new KitGraph(
    await readKitsAround(tx, [...new Set(pairs.flatMap((pair) => [pair.sku, pair.substitute]))]),
  );
  return [
    ...repeatedEntries(
      entries.map(({ sku, channel }) => `${sku}/${channel}`),
      'The item on this channel',
    ),
    ...repeated,
    ...(await unknownItems(tx, [
      ...entries.map(({ sku }, index) => ({ name: sku, pointer: `/${index}/sku` })),
      ...pairs.map(({ substitute, pointer }) => ({ name: substitute, pointer })),
    ])),
    ...(await unknownChannels(
      tx,
      entries.map(({ channel }) => channel),
      EVERY_CHANNEL,
    )),
    ...pairs.flatMap(({ sku, substitute, pointer }) => {
      const why = substituteFault(sku, substitute, graph);
      return why === undefined ? [] : [{ pointer, detail: why }];
    }),
  ];
}

/** Why the one cannot ship instead of the other. */
export function substituteFault(sku: string, substitute: string, graph: KitGraph): string | undefined {
  if (sku === substitute) return `"${sku}" cannot replace itself: name another item.`;
  const replaces = `"${substitute}" cannot replace "${sku}"`;
  if (graph.contains(substitute, sku))
    return `${replaces}, which it contains: where the one is short the other is too.`;
  if (graph.contains(sku, substitute)) return `${replaces}, of which it is a part.`;
  return undefined;
}

export async function checkListings(tx: Db, listings: readonly Listing[]): Promise<readonly ProblemDetail[]> {
  const items = await readUnitsOfItems(tx, [...new Set(listings.map(({ sku }) => sku))]);
  const wrong = listings.flatMap(({ sku, unit }, index) => {
    const item = items.get(sku);
    if (item === undefined) return [{ pointer: `/${index}/sku`, detail: noItem(sku) }];
    if (unit === undefined || unit === item.baseUnit || item.units.includes(unit)) return [];
    const has = [`"${item.baseUnit}"`, ...item.units.map((known) => `"${known}"`)].join(', ');
    return [
      {
        pointer: `/${index}/unit`,
        detail: `The item "${sku}" has no unit "${unit}", only ${has}: save the unit first, or name one of these.`,
      },
    ];
  });
  return [
    ...repeatedEntries(
      listings.map(({ channel, listingSku }) => `${channel}/${listingSku}`),
      'The listing',
    ),
    ...(await unknownChannels(
      tx,
      listings.map(({ channel }) => channel),
    )),
    ...wrong,
  ];
}

async function unknownChannels(
  tx: Db,
  channels: readonly string[],
  everyChannel?: string,
): Promise<readonly ProblemDetail[]> {
  const active = new Set((await readAccounts(tx)).flatMap((account) => (account.active ? [account.id] : [])));
  return channels.flatMap((channel, index) =>
    active.has(channel) || channel === everyChannel
      ? []
      : [{ pointer: `/${index}/channel`, detail: `There is no active channel account "${channel}".` }],
  );
}
