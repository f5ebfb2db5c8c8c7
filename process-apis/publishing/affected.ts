import type { StockUnits } from '../../src/model/events.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';
import type { ListingKey } from './publishing.types.js';

/** Streams of master data that decide what a listing may show. */
const MASTER_DATA: ReadonlySet<string> = new Set(['catalog', 'allocation-rule', 'sourcing-policy']);
/** A rule of one channel changes what the others may sell: the channels that its event names are not all of them. */
const CONCERNS_ALL_CHANNELS = 'allocation-rule';

/** What an event of master data may say of its reach. Without any of it, it is about everything. */
interface Reach {
  readonly listings?: readonly ListingKey[];
  readonly skus?: readonly string[];
  readonly channels?: readonly string[];
  readonly everything?: boolean;
}

/** What a page of the log may have changed. A cause is the index of the last event that did. */
export interface Affected {
  /** Their causes by item. */
  readonly items: ReadonlyMap<string, number>;
  readonly listings: readonly (ListingKey & { readonly cause: number })[];
  /** Items and listings whose master data changed: processes may go on with the old for a while. */
  readonly masterData: boolean;
  /** Channels of which every listing is affected. */
  readonly channels: ReadonlySet<string>;
  /** Every listing is. */
  readonly everything: boolean;
}

/** Pure. */
export function affectedBy(events: readonly LoggedEvent[]): Affected {
  const items = new Map<string, number>();
  const listings: (ListingKey & { cause: number })[] = [];
  const channels = new Set<string>();
  let masterData = false;
  let everything = false;
  for (const [cause, { data, streamType }] of events.entries()) {
    if ('stock' in data) for (const { sku } of data.stock as readonly StockUnits[]) items.set(sku, cause);
    if (!MASTER_DATA.has(streamType)) continue;
    masterData = true;
    const reach: Reach = data;
    const ofChannels = streamType === CONCERNS_ALL_CHANNELS ? undefined : reach.channels;
    for (const { channel, listingSku } of reach.listings ?? []) listings.push({ channel, listingSku, cause });
    for (const sku of reach.skus ?? []) items.set(sku, cause);
    const named = reach.listings !== undefined || reach.skus !== undefined;
    if (!named) for (const channel of ofChannels ?? []) channels.add(channel);
    if (reach.everything === true || (!named && ofChannels === undefined)) everything = true;
  }
  return { items, listings, masterData, channels, everything };
}
