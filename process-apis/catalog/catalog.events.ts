import { randomUUIDv7 } from 'node:crypto';
import type { NewEvent } from '../../src/platform/event-log/index.js';
import type { CatalogChanged, Listing } from './catalog.types.js';

/** Items or listings that one event names. */
const NAMED_MAX = 1_000;

/** Orders that waited for one of these listings go on. */
export function listingsSaved(listings: readonly Listing[]): readonly NewEvent[] {
  const named = listings.map(({ channel, listingSku, sku }) => ({ channel, listingSku, sku }));
  return toEvents(
    'ListingsSaved',
    pages(named).map((page) => ({ listings: page })),
  );
}

/** None when nothing changed: no items are named. */
export function catalogChanged(
  kind: CatalogChanged['kind'],
  skus?: readonly string[],
  channels?: readonly string[],
): readonly NewEvent[] {
  const reach: readonly Omit<CatalogChanged, 'kind'>[] =
    skus === undefined ? [channels === undefined ? {} : { channels }] : pages(skus).map((page) => ({ skus: page }));
  return toEvents(
    'CatalogChanged',
    reach.map((data): CatalogChanged => ({ kind, ...data })),
  );
}

function toEvents(type: string, data: readonly object[]): readonly NewEvent[] {
  const streamId = randomUUIDv7();
  const occurredAt = new Date().toISOString();
  return data.map((of, index) => ({
    streamType: 'catalog',
    streamId,
    streamVersion: index + 1,
    type,
    schemaVersion: 1,
    scope: '',
    source: 'hub',
    factId: `hub/catalog/${streamId}`,
    occurredAt,
    data: of,
  }));
}

function pages<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / NAMED_MAX) }, (_, page) =>
    all.slice(page * NAMED_MAX, (page + 1) * NAMED_MAX),
  );
}
