import type { Pool } from 'pg';
import type { Lot, MovementReason, Position, SupplyKind } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { utc } from '../../../src/platform/db/utc.js';
import { readLedgerPages, type LedgerMovement, type LedgerPlace } from './ledger-pages.sql.js';
import { readPastLots, readPastPositions, type PastPosition } from './past-stock.sql.js';
import { POSITION_FIELDS, type NodeDay } from './stock.sql.js';

export const POSITIONS_PAGE_MAX = 100;
export const MOVEMENTS_PAGE_MAX = 100;
/** Lots, or announcements, that are shown of one position. */
export const POSITION_PARTS_MAX = 100;

export type Place = Pick<Position, 'sku' | 'node'>;

export interface PositionFilter {
  readonly sku?: string;
  readonly node?: string;
}

/** Units that are announced for a position, or on their way to it. */
export interface Supply extends Place {
  readonly id: string;
  readonly kind: SupplyKind;
  readonly source: string;
  readonly document: string;
  readonly fromNode: string | null;
  readonly expectedAt: Instant;
  readonly announced: number;
  readonly shipped: number;
  readonly received: number;
}

/** Stock to look at: never locked, never changed. Each method is one statement, however many places it is about. */
export class StockReader {
  constructor(private readonly pool: Pool) {}

  /** By item and node, behind `after`. */
  async positions(filter: PositionFilter, after: Place | undefined, limit: number): Promise<readonly Position[]> {
    const { rows } = await this.pool.query<Position>({
      name: 'position.page',
      text: `select ${POSITION_FIELDS} from position
             where ($1::text is null or sku = $1) and ($2::text is null or node = $2) and (sku, node) > ($3, $4)
             order by sku, node limit $5`,
      values: [filter.sku ?? null, filter.node ?? null, after?.sku ?? '', after?.node ?? '', limit],
    });
    return rows;
  }

  /** Unknown ones are absent. */
  async positionsAt(places: readonly Place[]): Promise<readonly Position[]> {
    const { rows } = await this.pool.query<Position>({
      name: 'position.at-places',
      text: `select p.* from unnest($1::text[], $2::text[]) as w (sku, node)
               cross join lateral (
                 select ${POSITION_FIELDS} from position where position.sku = w.sku and position.node = w.node
               ) p`,
      values: [...placeValues(places)],
    });
    return rows;
  }

  /** Of each item by node; `perItem` at most. */
  async positionsOfItems(skus: readonly string[], perItem: number): Promise<readonly Position[]> {
    const { rows } = await this.pool.query<Position>({
      name: 'position.of-items',
      text: `select p.* from unnest($1::text[]) as w (sku)
               cross join lateral (
                 select ${POSITION_FIELDS} from position where position.sku = w.sku order by position.node limit $2
               ) p
             order by p.sku, p.node`,
      values: [skus, perItem],
    });
    return rows;
  }

  /** The position as the ledger has it until the instant; undefined before its first movement. */
  async positionAsOf(place: Place, asOf: Instant): Promise<PastPosition | undefined> {
    const [found] = await readPastPositions(this.pool, [place.sku], asOf, place.node);
    return found;
  }

  /** Lots of positions as the ledger has them until the instant, first expired first; `limit` at most. */
  pastLots({ sku, node, lastMovement }: PastPosition, limit: number): Promise<readonly Lot[]> {
    return readPastLots(this.pool, { sku, node }, lastMovement, limit);
  }

  /** Units that nodes were given on days; those that were given none are absent. */
  async unitsOfDays(days: readonly NodeDay[]): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.pool.query<{ node: string; units: number }>({
      name: 'node-load.of-days',
      text: `select l.node, l.units from unnest($1::text[], $2::date[]) as d (node, day)
               join node_load l on l.node = d.node and l.day = d.day`,
      values: [days.map(({ node }) => node), days.map(({ day }) => day)],
    });
    return new Map(rows.map(({ node, units }) => [node, units]));
  }

  /** The newest movements of each place before its own id, newest first, of these reasons or of all; `perPlace` at most. */
  movements(
    places: readonly LedgerPlace[],
    perPlace: number,
    reasons?: readonly MovementReason[],
  ): Promise<readonly LedgerMovement[]> {
    return readLedgerPages(this.pool, places, reasons, perPlace);
  }

  /** First expired first; `perPlace` at most. */
  async lots(places: readonly Place[], perPlace: number): Promise<readonly Lot[]> {
    const { rows } = await this.pool.query<Lot>({
      name: 'lot.page',
      text: `select l.sku, l.node, l.lot, l.expires_on::text as "expiresOn", l.on_hand as "onHand", l.reserved,
                    l.quality_hold as "qualityHold"
             from unnest($1::text[], $2::text[]) as w (sku, node)
               cross join lateral (
                 select * from lot l where l.sku = w.sku and l.node = w.node
                 order by l.expires_on nulls last, l.lot limit $3) l
             order by l.sku, l.node, l.expires_on nulls last, l.lot`,
      values: [...placeValues(places), perPlace],
    });
    return rows;
  }

  /** What is open, the earliest first; `perPlace` at most. */
  async expectedSupply(places: readonly Place[], perPlace: number): Promise<readonly Supply[]> {
    const { rows } = await this.pool.query<Supply>({
      name: 'expected-supply.page',
      text: `select e.id, e.kind, e.source, e.document, e.sku, e.node, e.from_node as "fromNode",
                    ${utc('e.expected_at')} as "expectedAt", e.announced, e.shipped, e.received
             from unnest($1::text[], $2::text[]) as w (sku, node)
               cross join lateral (
                 select * from expected_supply e where e.open and e.sku = w.sku and e.node = w.node
                 order by e.expected_at, e.id limit $3) e
             order by e.sku, e.node, e.expected_at, e.id`,
      values: [...placeValues(places), perPlace],
    });
    return rows;
  }
}

function placeValues(places: readonly Place[]): readonly [readonly string[], readonly string[]] {
  return [places.map(({ sku }) => sku), places.map(({ node }) => node)];
}
