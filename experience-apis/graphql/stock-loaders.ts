import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import type { LedgerMovement, Place, StockReader, Supply } from '../../process-apis/availability/index.js';
import { readTellings, type Telling } from '../../process-apis/publishing/index.js';
import type { Lot } from '../../src/model/stock.js';

type Listing = Pick<Telling, 'channel' | 'listingSku'>;
type PartsKey = Place & { readonly first: number };
type MovementsKey = PartsKey & { readonly before?: string };

/** What belongs to positions and publications: what the resolvers of one turn ask for is one statement per kind. */
export class StockLoaders {
  private readonly ledgers: DataLoader<MovementsKey, readonly LedgerMovement[], string>;
  private readonly lotsOf: DataLoader<PartsKey, readonly Lot[], string>;
  private readonly supplyOf: DataLoader<PartsKey, readonly Supply[], string>;
  private readonly tellingsOf: DataLoader<Listing & { readonly first: number }, readonly Telling[], string>;

  constructor(reader: StockReader, pool: Pool) {
    this.ledgers = new DataLoader(
      async (keys) => {
        const rows = await reader.movements(keys, Math.max(...keys.map(({ first }) => first)));
        // Two pages of one position are told apart by where they begin.
        return keys.map(({ first, before, ...place }) =>
          rows
            .filter((row) => isAt(place, row) && (before === undefined || BigInt(row.id) < BigInt(before)))
            .filter((row, index, all) => all.findIndex(({ id }) => id === row.id) === index)
            .slice(0, first),
        );
      },
      { cacheKeyFn: ({ sku, node, before, first }) => JSON.stringify([sku, node, before, first]) },
    );
    this.lotsOf = ofPlaces((places, perPlace) => reader.lots(places, perPlace));
    this.supplyOf = ofPlaces((places, perPlace) => reader.expectedSupply(places, perPlace));
    this.tellingsOf = new DataLoader(
      async (keys) => {
        const rows = await readTellings(pool, keys, Math.max(...keys.map(({ first }) => first)));
        const byListing = Map.groupBy(rows, listingKey);
        return keys.map((key) => (byListing.get(listingKey(key)) ?? []).slice(0, key.first));
      },
      { cacheKeyFn: (key) => `${listingKey(key)}\u0000${key.first}` },
    );
  }

  /** One more than `first`, when there are more. */
  movements({ sku, node }: Place, first: number, before: string | undefined): Promise<readonly LedgerMovement[]> {
    return this.ledgers.load({ sku, node, first: first + 1, ...(before === undefined ? {} : { before }) });
  }

  lots({ sku, node }: Place, first: number): Promise<readonly Lot[]> {
    return this.lotsOf.load({ sku, node, first });
  }

  expectedSupply({ sku, node }: Place, first: number): Promise<readonly Supply[]> {
    return this.supplyOf.load({ sku, node, first });
  }

  tellings({ channel, listingSku }: Listing, first: number): Promise<readonly Telling[]> {
    return this.tellingsOf.load({ channel, listingSku, first });
  }
}

function ofPlaces<Row extends Place>(
  read: (places: readonly Place[], perPlace: number) => Promise<readonly Row[]>,
): DataLoader<PartsKey, readonly Row[], string> {
  return new DataLoader(
    async (keys) => {
      const places = [...new Map(keys.map(({ sku, node }) => [placeKey({ sku, node }), { sku, node }])).values()];
      const found = Map.groupBy(await read(places, Math.max(...keys.map(({ first }) => first))), placeKey);
      return keys.map((key) => (found.get(placeKey(key)) ?? []).slice(0, key.first));
    },
    { cacheKeyFn: (key) => `${placeKey(key)}\u0000${key.first}` },
  );
}

function isAt({ sku, node }: Place, row: Place): boolean {
  return row.sku === sku && row.node === node;
}

function placeKey({ sku, node }: Place): string {
  return `${sku}\u0000${node}`;
}

function listingKey({ channel, listingSku }: Listing): string {
  return `${channel}\u0000${listingSku}`;
}
