import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PUBLISH_MAX, type PublishQuantity, type PublishResult } from '../channel-kit/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { OutsideError } from '../../src/platform/http/outside-error.js';
import {
  INVENTORY_LEVELS,
  INVENTORY_SET,
  type InventoryQuantityInput,
  type WireUserErrors,
} from './shopify-admin.wire.js';
import { contractError, SYSTEM, userError } from './shopify-errors.js';
import { toGid } from './shopify-ids.js';
import { ShopifyClient } from './shopify.client.js';

const STALE_CODES: ReadonlySet<string> = new Set(['CHANGE_FROM_QUANTITY_STALE', 'COMPARE_QUANTITY_STALE']);
/** One refused entry fails the whole set, so each round may only find one more; a round without any is the last. */
const ROUNDS_MAX = 10;

interface Entry {
  readonly listingSku: string;
  readonly input: Omit<InventoryQuantityInput, 'changeFromQuantity'>;
}

interface Comparable extends Entry {
  readonly input: InventoryQuantityInput;
}

interface Round {
  readonly refused: readonly PublishResult[];
  readonly stale: readonly Comparable[];
  /** Not blamed for anything, but not set either: Shopify sets all or none. */
  readonly rest: readonly Comparable[];
}

/** Sets the quantities that Shopify may sell, each compared with what Shopify held a moment before. */
@Injectable()
export class ShopifyInventory {
  constructor(private readonly client: ShopifyClient) {}

  /**
   * @throws OutsideError `transient` when Shopify's quantity moved in between: a sale is on its way to the hub, and the
   * quantity must be worked out again. What was set before stays set; sending it again changes nothing.
   */
  async publish(account: ChannelAccount, quantities: readonly PublishQuantity[]): Promise<readonly PublishResult[]> {
    if (quantities.length > PUBLISH_MAX)
      throw contractError(INVENTORY_SET.name, `more than ${PUBLISH_MAX} quantities at once`);
    const refused = quantities.filter((quantity) => !hasKeys(quantity)).map(withoutKeys);
    const results: PublishResult[] = [...refused];
    for (const [location, entries] of byLocation(quantities.filter(hasKeys)))
      results.push(...(await this.publishAt(account, location, entries)));
    return results;
  }

  private async publishAt(
    account: ChannelAccount,
    location: string,
    entries: readonly Entry[],
  ): Promise<readonly PublishResult[]> {
    const levels = await this.availableAt(account, location, entries);
    const results: PublishResult[] = [];
    const due: Comparable[] = [];
    for (const entry of entries) {
      const held = levels.get(entry.input.inventoryItemId);
      if (held === undefined) results.push(refusal(entry, 'the inventory item is not stocked at the location'));
      else if (held === entry.input.quantity) results.push(accepted(entry));
      else due.push({ ...entry, input: { ...entry.input, changeFromQuantity: held } });
    }
    return [...results, ...(await this.setInRounds(account, due))];
  }

  private async setInRounds(account: ChannelAccount, due: readonly Comparable[]): Promise<readonly PublishResult[]> {
    const results: PublishResult[] = [];
    const stale: Comparable[] = [];
    let open = due;
    for (let round = 0; open.length > 0; round += 1) {
      if (round === ROUNDS_MAX) throw contractError(INVENTORY_SET.name, `refused ${ROUNDS_MAX} times over`);
      const outcome = await this.set(account, open);
      results.push(...outcome.refused);
      stale.push(...outcome.stale);
      if (outcome.rest.length === open.length) {
        results.push(...open.map(accepted));
        break;
      }
      open = outcome.rest;
    }
    if (stale.length > 0) throw movedMeanwhile(stale);
    return results;
  }

  /** One set of all entries. `rest` holds all of them when Shopify took the set. */
  private async set(account: ChannelAccount, entries: readonly Comparable[]): Promise<Round> {
    const input = { name: 'available', reason: 'correction', quantities: entries.map((entry) => entry.input) };
    // A key of its own for each call: the comparison alone makes a repetition harmless, and a key made of the
    // quantities would let Shopify swallow a later, wanted change back to them within its 24 hours.
    const data = await this.client.run(account, INVENTORY_SET, { input, key: randomUUID() });
    return readRound(entries, data.inventorySetQuantities.userErrors);
  }

  private async availableAt(
    account: ChannelAccount,
    location: string,
    entries: readonly Entry[],
  ): Promise<ReadonlyMap<string, number>> {
    const items = entries.map((entry) => entry.input.inventoryItemId);
    const { nodes } = await this.client.run(account, INVENTORY_LEVELS, { items, location });
    const levels = new Map<string, number>();
    for (const node of nodes) {
      const available = node?.inventoryLevel?.quantities.find(({ name }) => name === 'available');
      if (node !== null && available !== undefined) levels.set(node.id, available.quantity);
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

function byLocation(quantities: readonly PublishQuantity[]): ReadonlyMap<string, readonly Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const { listingSku, listingKeys, quantity } of quantities) {
    const locationId = toGid('Location', listingKeys.locationId ?? '');
    const inventoryItemId = toGid('InventoryItem', listingKeys.inventoryItemId ?? '');
    const group = groups.get(locationId) ?? [];
    group.push({ listingSku, input: { inventoryItemId, locationId, quantity } });
    groups.set(locationId, group);
  }
  return groups;
}

function hasKeys({ listingKeys }: PublishQuantity): boolean {
  return Boolean(listingKeys.inventoryItemId) && Boolean(listingKeys.locationId);
}

function withoutKeys({ listingSku }: PublishQuantity): PublishResult {
  return { listingSku, outcome: 'REFUSED', reason: 'the listing has no inventoryItemId and locationId' };
}

function accepted({ listingSku }: Entry): PublishResult {
  return { listingSku, outcome: 'ACCEPTED' };
}

function refusal({ listingSku }: Entry, reason: string): PublishResult {
  return { listingSku, outcome: 'REFUSED', reason };
}

function movedMeanwhile(stale: readonly Comparable[]): OutsideError {
  const skus = stale.map(({ listingSku }) => listingSku).join(', ');
  return new OutsideError('transient', `Shopify's quantity moved while it was being set: ${skus}`, {
    system: SYSTEM,
    operation: INVENTORY_SET.name,
  });
}
