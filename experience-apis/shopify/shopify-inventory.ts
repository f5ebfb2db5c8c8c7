import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  QUANTITIES_READ_MAX,
  type ListedQuantity,
  type ListingToRead,
  type PublishQuantity,
  type PublishResult,
} from '../channel-kit/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import {
  INVENTORY_LEVELS,
  INVENTORY_SET,
  type InventoryQuantityInput,
  type WireUserErrors,
} from './shopify-admin.wire.js';
import { contractError, userError } from './shopify-errors.js';
import { toGid } from './shopify-ids.js';
import { ShopifyClient } from './shopify.client.js';

const STALE_CODES: ReadonlySet<string> = new Set(['CHANGE_FROM_QUANTITY_STALE', 'COMPARE_QUANTITY_STALE']);
/** One refused entry fails the whole set, so each round may only find one more; a round without any is the last. */
const ROUNDS_MAX = 10;
/** Shopify's input arrays hold no more. */
export const QUANTITIES_SET_MAX = 250;

interface Entry {
  readonly listingSku: string;
  readonly last: number | undefined;
  readonly input: Omit<InventoryQuantityInput, 'changeFromQuantity'>;
}

interface Comparable extends Entry {
  readonly input: InventoryQuantityInput;
}

interface Round {
  readonly refused: readonly PublishResult[];
  readonly stale: readonly Comparable[];
  /** Not blamed for anything, but not set either: Shopify sets all or none. All of them when it took the set. */
  readonly rest: readonly Comparable[];
}

/** Sets the quantities that Shopify may sell, each compared with what is believed to stand there, and reads them back. */
@Injectable()
export class ShopifyInventory {
  constructor(private readonly client: ShopifyClient) {}

  /**
   * First from what the hub last told, in one set. Where something else stands there, or nothing was told yet, the
   * quantities are read and set once more from what is found. What moves even between that look and its set has FAILED:
   * a sale is on its way to the hub.
   * @throws OutsideError where Shopify answered nothing of use; sending it all again is safe.
   */
  async publish(account: ChannelAccount, quantities: readonly PublishQuantity[]): Promise<readonly PublishResult[]> {
    if (quantities.length > QUANTITIES_SET_MAX)
      throw contractError(INVENTORY_SET.name, `more than ${QUANTITIES_SET_MAX} quantities at once`);
    const results: PublishResult[] = quantities.filter((quantity) => !hasKeys(quantity)).map(withoutKeys);
    const entries = quantities.filter(hasKeys).map(toEntry);
    const told = entries.flatMap((entry) => (entry.last === undefined ? [] : [comparedWith(entry, entry.last)]));
    const first = told.length === 0 ? undefined : await this.set(account, told);
    const taken = first !== undefined && first.rest.length === told.length;
    results.push(...(taken ? told.map(accepted) : (first?.refused ?? [])));
    const open = entries.filter(({ last }) => last === undefined);
    if (first !== undefined && !taken) open.push(...first.stale, ...first.rest);
    try {
      return [...results, ...(await this.setFromHeld(account, open))];
    } catch (error) {
      if (!taken || !(error instanceof OutsideError)) throw error;
      return [...results, ...open.map((entry) => failure(entry, error.message, error.details.retryAfterMs))];
    }
  }

  /** What is available of each listing at its location. Null: Shopify does not stock it there, or the keys are missing. */
  async read(account: ChannelAccount, listings: readonly ListingToRead[]): Promise<readonly ListedQuantity[]> {
    if (listings.length > QUANTITIES_READ_MAX)
      throw new RangeError(`more than ${QUANTITIES_READ_MAX} listings at once`);
    const readAt = new Date().toISOString();
    const places = listings.filter(hasKeys).map(placeOf);
    const levels = await this.levels(account, places);
    return listings.map((listing) => {
      const quantity = hasKeys(listing) ? levels.get(levelKey(placeOf(listing))) : undefined;
      return { listingSku: listing.listingSku, quantity: quantity ?? null, readAt };
    });
  }

  private async setFromHeld(account: ChannelAccount, entries: readonly Entry[]): Promise<readonly PublishResult[]> {
    const levels = await this.levels(
      account,
      entries.map(({ input }) => input),
    );
    const results: PublishResult[] = [];
    const due: Comparable[] = [];
    for (const entry of entries) {
      const held = levels.get(levelKey(entry.input));
      if (held === undefined) results.push(refusal(entry, 'the inventory item is not stocked at the location'));
      else if (held === entry.input.quantity) results.push(accepted(entry));
      else due.push(comparedWith(entry, held));
    }
    return [...results, ...(await this.setInRounds(account, due))];
  }

  private async setInRounds(account: ChannelAccount, due: readonly Comparable[]): Promise<readonly PublishResult[]> {
    const results: PublishResult[] = [];
    let open = due;
    for (let round = 0; open.length > 0 && round < ROUNDS_MAX; round += 1) {
      const { refused, stale, rest } = await this.set(account, open);
      results.push(...refused, ...stale.map((entry) => failure(entry, 'the quantity moved while it was being set')));
      if (rest.length === open.length) return [...results, ...open.map(acceptedOver)];
      open = rest;
    }
    return [
      ...results,
      ...open.map((entry) => failure(entry, `others of its set were refused ${ROUNDS_MAX} times over`)),
    ];
  }

  /** One set of all entries. */
  private async set(account: ChannelAccount, entries: readonly Comparable[]): Promise<Round> {
    const input = { name: 'available', reason: 'correction', quantities: entries.map((entry) => entry.input) };
    // A key of its own for each call: the comparison alone makes a repetition harmless, and a key made of the
    // quantities would let Shopify swallow a later, wanted change back to them within its 24 hours.
    const data = await this.client.run(account, INVENTORY_SET, { input, key: randomUUID() });
    return readRound(entries, data.inventorySetQuantities.userErrors);
  }

  /** What is available, by item and location; without an entry where the item is not stocked. One query per location. */
  private async levels(account: ChannelAccount, places: readonly Place[]): Promise<ReadonlyMap<string, number>> {
    const levels = new Map<string, number>();
    for (const [locationId, items] of itemsByLocation(places)) {
      const { nodes } = await this.client.run(account, INVENTORY_LEVELS, { items, location: locationId });
      for (const node of nodes) {
        const available = node?.inventoryLevel?.quantities.find(({ name }) => name === 'available');
        if (node !== null && available !== undefined)
          levels.set(levelKey({ inventoryItemId: node.id, locationId }), available.quantity);
      }
    }
    return levels;
  }
}

function readRound(entries: readonly Comparable[], errors: WireUserErrors): Round {
  const refused: PublishResult[] = [];
  const stale: Comparable[] = [];
  const blamed = new Set<Comparable>();
  for (const error of errors) {
    // ["input", "quantities", "3", "changeFromQuantity"]
    const entry = error.field?.[1] === 'quantities' ? entries[Number(error.field[2])] : undefined;
    if (entry === undefined) throw userError(INVENTORY_SET.name, errors);
    if (blamed.has(entry)) continue;
    blamed.add(entry);
    if (STALE_CODES.has(error.code ?? '')) stale.push(entry);
    else refused.push(refusal(entry, `${error.code ?? 'refused'}: ${error.message}`));
  }
  return { refused, stale, rest: entries.filter((entry) => !blamed.has(entry)) };
}

type Place = Pick<InventoryQuantityInput, 'inventoryItemId' | 'locationId'>;

function placeOf({ listingKeys }: ListingToRead): Place {
  return {
    inventoryItemId: toGid('InventoryItem', listingKeys.inventoryItemId ?? ''),
    locationId: toGid('Location', listingKeys.locationId ?? ''),
  };
}

function levelKey({ inventoryItemId, locationId }: Place): string {
  return `${inventoryItemId}@${locationId}`;
}

function itemsByLocation(places: readonly Place[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, Set<string>>();
  for (const { inventoryItemId, locationId } of places) {
    const items = groups.get(locationId) ?? new Set();
    groups.set(locationId, items.add(inventoryItemId));
  }
  return new Map([...groups].map(([location, items]) => [location, [...items]]));
}

function toEntry(quantity: PublishQuantity): Entry {
  const { listingSku, last } = quantity;
  return { listingSku, last, input: { ...placeOf(quantity), quantity: quantity.quantity } };
}

function comparedWith(entry: Entry, changeFromQuantity: number): Comparable {
  return { ...entry, input: { ...entry.input, changeFromQuantity } };
}

function hasKeys({ listingKeys }: ListingToRead): boolean {
  return Boolean(listingKeys.inventoryItemId) && Boolean(listingKeys.locationId);
}

function withoutKeys({ listingSku }: PublishQuantity): PublishResult {
  return { listingSku, outcome: 'REFUSED', reason: 'the listing has no inventoryItemId and locationId' };
}

function accepted({ listingSku }: Entry): PublishResult {
  return { listingSku, outcome: 'ACCEPTED' };
}

/** Accepted, and over what: said only where the hub believed something else. */
function acceptedOver({ listingSku, last, input }: Comparable): PublishResult {
  const overwrote = input.changeFromQuantity;
  return { listingSku, outcome: 'ACCEPTED', ...(last === undefined || last === overwrote ? {} : { overwrote }) };
}

function refusal({ listingSku }: Entry, reason: string): PublishResult {
  return { listingSku, outcome: 'REFUSED', reason };
}

function failure({ listingSku }: Entry, reason: string, retryAfterMs?: number): PublishResult {
  return { listingSku, outcome: 'FAILED', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
