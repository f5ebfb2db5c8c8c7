import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import type { LedgerMovement, LedgerPlace, Place, StockReader, Supply } from '../../process-apis/availability/index.js';
import { readTellings, type Telling } from '../../process-apis/publishing/index.js';
import type { Lot, MovementReason } from '../../src/model/stock.js';

type Listing = Pick<Telling, 'channel' | 'listingSku'>;
type PartsKey = Place & { readonly first: number };
type MovementsKey = LedgerPlace & { readonly first: number; readonly reasons?: readonly MovementReason[] };

/** What belongs to positions and publications: what the resolvers of one turn ask for is one statement per kind. */
export class StockLoaders {
  private readonly ledgers: DataLoader<MovementsKey, readonly LedgerMovement[], string>;
  private readonly lotsOf: DataLoader<PartsKey, readonly Lot[], string>;
  private readonly supplyOf: DataLoader<PartsKey, readonly Supply[], string>;
  private readonly tellingsOf: DataLoader<Listing & { readonly first: number }, readonly Telling[], string>;

  constructor(reader: StockReader, pool: Pool) {
    this.ledgers = new DataLoader(
      async (keys) => {
        // A statement is of certain reasons: almost always all ask for the same ones.
        const pages = await Promise.all(
          [...Map.groupBy(keys, reasonsKey).values()].map((alike) => readLedgers(reader, alike)),
        );
        const found = new Map(pages.flat());
        return keys.map((key) => found.get(key) ?? []);
      },
      { cacheKeyFn: (key) => JSON.stringify([key.sku, key.node, key.before, key.first, reasonsKey(key)]) },
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

  /** One more than `first`, when there are more; of these reasons alone, where they are given. */
  movements(
    place: LedgerPlace,
    first: number,
    reasons: readonly MovementReason[] | undefined,
  ): Promise<readonly LedgerMovement[]> {
    return this.ledgers.load({ ...place, first: first + 1, ...(reasons === undefined ? {} : { reasons }) });
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

/** Pages for the same reasons: one statement. */
async function readLedgers(
  reader: StockReader,
  keys: readonly MovementsKey[],
): Promise<readonly (readonly [MovementsKey, readonly LedgerMovement[]])[]> {
  const rows = await reader.movements(keys, Math.max(...keys.map(({ first }) => first)), keys[0]?.reasons);
  // Two pages of one position are told apart by where they begin.
  return keys.map((key) => [
    key,
    rows
      .filter((row) => isAt(key, row) && (key.before === undefined || BigInt(row.id) < BigInt(key.before)))
      .filter((row, index, all) => all.findIndex(({ id }) => id === row.id) === index)
      .slice(0, key.first),
  ]);
}

function reasonsKey({ reasons }: MovementsKey): string {
  return reasons === undefined ? '*' : reasons.join(' ');
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
