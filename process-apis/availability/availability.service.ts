import type { ClientBase, Pool } from 'pg';
import type { Component } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import { GroupCommit } from '../../src/platform/commit/index.js';
import type { ProblemDetail } from '../../src/platform/http/problem.js';
import type { Catalog, CatalogReader, ListedItem } from '../catalog/index.js';
import type { SourcingPolicies } from '../sourcing/index.js';
import {
  CHECK_ITEMS_MAX,
  UnknownInRequestError,
  type CheckAnswer,
  type CheckedItem,
  type CheckItem,
  type CheckRequest,
} from './check.types.js';
import { explain } from './explanation.js';
import { capacityDays } from './node-day.js';
import { SellingScene, type SellingFacts } from './selling-scene.js';
import { readSellingStock, type SellingStock, type WantedStock } from './selling-stock.sql.js';

/** Reads of stock: questions in one statement, statements under way, questions that may wait. */
const READS = { batchMax: 32, inFlightMax: 2, queueMax: 5_000 } as const;

/** What answers need of the catalog. */
export type SellingCatalog = Pick<CatalogReader, 'nodes' | 'listingsFor' | 'policies' | 'itemsFor'> &
  Pick<Catalog, 'account'>;

export interface ListingKey {
  readonly channel: string;
  readonly listingSku: string;
}

/** What a listing may show now. */
export interface ListingQuantity extends ListingKey {
  /** Listing units. */
  readonly quantity: number;
  /** When it may be another one though no stock moves. */
  readonly reviewAt?: Instant;
}

interface Asked {
  readonly sku: string;
  readonly components: readonly Component[];
}

type Db = Pick<ClientBase, 'query'>;
type Read = Pick<SellingFacts, 'now' | keyof SellingStock>;

/**
 * Answers "may it be sold?" from the hub's own stock: nothing outside is asked. Concurrent questions share their reads;
 * when more wait than may, CommitQueueFullError.
 */
export class Availability {
  private readonly reads: GroupCommit<readonly WantedStock[], Read>;

  constructor(
    private readonly pool: Pool,
    private readonly catalog: SellingCatalog,
    private readonly policies: Pick<SourcingPolicies, 'forDecision'>,
  ) {
    this.reads = new GroupCommit((batch) => this.readTogether(batch), READS);
  }

  /** What each listing may show now, in any number of statements that does not depend on how many. Unknown ones are absent. */
  async ofListings(db: Db, keys: readonly ListingKey[]): Promise<readonly ListingQuantity[]> {
    if (keys.length === 0) return [];
    const listed = await this.catalog.listingsFor(db, keys.map(keyOf));
    const asked = new Map([...listed].map(([key, item]) => [key, askedOf(item)]));
    const facts = await this.factsFor(db, [...asked.values()], (wanted, now) => this.read(db, wanted, now));
    const scenes = new Map<string, SellingScene>();
    return keys.flatMap((key) => {
      const item = asked.get(keyOf(key));
      if (item === undefined) return [];
      const scene = scenes.get(key.channel) ?? new SellingScene(facts, { channel: key.channel });
      scenes.set(key.channel, scene);
      const { units, ...review } = scene.unitsNow(item.sku, item.components);
      return [{ ...key, quantity: units, ...review }];
    });
  }

  /** Throws UnknownInRequestError for a channel, item or node that there is not. */
  async check(request: CheckRequest): Promise<CheckAnswer> {
    const { channel, items } = request;
    if (items.length > CHECK_ITEMS_MAX) throw new RangeError(`at most ${CHECK_ITEMS_MAX} items at once`);
    const asked = await this.resolve(request);
    const dates = items.map(({ date }) => (date === undefined ? undefined : endOf(date)));
    const facts = await this.factsFor(this.pool, asked, (wanted) => this.reads.submit(wanted), dates);
    const scenes = new Map<string, SellingScene>();
    const checked = items.map((item, index): CheckedItem => {
      const at = item.node ?? '';
      const scene = scenes.get(at) ?? new SellingScene(facts, { ...request, ...(at === '' ? {} : { node: at }) });
      scenes.set(at, scene);
      return answer(item, asked[index] ?? { sku: '', components: [] }, scene, facts, request.explain);
    });
    return { channel, asOf: facts.now, items: checked };
  }

  private async factsFor(
    db: Db,
    asked: readonly Asked[],
    read: (wanted: readonly WantedStock[], now: Instant) => Promise<Read>,
    dates: readonly (Instant | undefined)[] = [],
  ): Promise<SellingFacts> {
    const skus = new Set(asked.flatMap(({ sku, components }) => [sku, ...components.map((part) => part.sku)]));
    const [nodes, items, policyOf, sourcingOf] = await Promise.all([
      this.catalog.nodes(),
      this.catalog.itemsFor(db, [...skus]),
      this.catalog.policies(),
      this.policies.forDecision(),
    ]);
    const now = new Date().toISOString();
    const until = new Map<string, Instant>();
    asked.forEach(({ sku, components }, index) => {
      const parts = components.map((part) => part.sku);
      const ends = [sku, ...parts].map((each) => items.get(each)?.releaseAt ?? '').filter((at) => at > now);
      const end = [...ends, dates[index] ?? ''].toSorted().at(-1) ?? '';
      if (end === '') return;
      for (const part of parts) if ((until.get(part) ?? '') < end) until.set(part, end);
    });
    const wanted = [...skus].map((sku): WantedStock => {
      const arrivalsUntil = until.get(sku);
      return arrivalsUntil === undefined ? { sku } : { sku, arrivalsUntil };
    });
    return { nodes, items, policyOf, sourcingOf, ...(await read(wanted, now)) };
  }

  private async read(db: Db, wanted: readonly WantedStock[], now: Instant): Promise<Read> {
    const days = capacityDays(await this.catalog.nodes(), now);
    return { now, ...(await readSellingStock(db, wanted, days)) };
  }

  /** One statement for all of them: each gets what the others asked for too, and looks at its own. */
  private async readTogether(batch: readonly (readonly WantedStock[])[]): Promise<readonly Read[]> {
    const together = new Map<string, WantedStock>();
    for (const wanted of batch)
      for (const each of wanted) {
        const known = together.get(each.sku);
        if (known === undefined || (known.arrivalsUntil ?? '') < (each.arrivalsUntil ?? ''))
          together.set(each.sku, each);
      }
    const read = await this.read(this.pool, [...together.values()], new Date().toISOString());
    return batch.map(() => read);
  }

  /** What is asked for, in items. Throws UnknownInRequestError. */
  private async resolve({ channel, items }: CheckRequest): Promise<readonly Asked[]> {
    const skus = items.flatMap(({ sku }) => sku ?? []);
    const keys = items.flatMap(({ listingSku }) => (listingSku === undefined ? [] : keyOf({ channel, listingSku })));
    const [account, known, listed, nodes] = await Promise.all([
      this.catalog.account(channel),
      skus.length === 0 ? new Map<string, unknown>() : this.catalog.itemsFor(this.pool, skus),
      keys.length === 0 ? new Map<string, ListedItem>() : this.catalog.listingsFor(this.pool, keys),
      this.catalog.nodes(),
    ]);
    const nodeIds = new Set(nodes.map(({ id }) => id));
    const errors: ProblemDetail[] = [];
    if (account === undefined)
      errors.push({ pointer: '/channel', detail: `There is no active channel account "${channel}".` });
    const asked = items.map((item, index): Asked => {
      const { sku, listingSku, node } = item;
      if (node !== undefined && !nodeIds.has(node))
        errors.push({ pointer: `/items/${index}/node`, detail: `There is no node "${node}".` });
      if (sku !== undefined) {
        if (!known.has(sku)) errors.push({ pointer: `/items/${index}/sku`, detail: `There is no item "${sku}".` });
        return askedOf({ sku });
      }
      const listing = listed.get(keyOf({ channel, listingSku: listingSku ?? '' }));
      if (listing === undefined && account !== undefined)
        errors.push({
          pointer: `/items/${index}/listingSku`,
          detail: `The channel "${channel}" has no listing "${listingSku}" that is mapped to an item.`,
        });
      return askedOf(listing ?? { sku: '' });
    });
    if (errors.length > 0) throw new UnknownInRequestError(errors);
    return asked;
  }
}

function answer(
  item: CheckItem,
  { sku, components }: Asked,
  scene: SellingScene,
  facts: SellingFacts,
  explained: boolean,
): CheckedItem {
  const { quantity, date } = item;
  const releaseAt = scene.releaseOf([sku, ...components.map((part) => part.sku)]);
  const { units: available } = scene.unitsNow(sku, components);
  const inStock = available >= quantity && releaseAt === undefined;
  const until = date === undefined ? releaseAt : endOf(date);
  const byDate = date === undefined || until === undefined ? undefined : unitsBy(until, components, scene, releaseAt);
  const ahead = releaseAt !== undefined && date === undefined && available < quantity;
  const availableFrom =
    inStock || ahead || until === undefined ? undefined : scene.firstWith(quantity, sku, components, until);
  return {
    sku,
    ...(item.listingSku === undefined ? {} : { listingSku: item.listingSku }),
    ...(item.node === undefined ? {} : { node: item.node }),
    quantity,
    status: inStock ? 'IN_STOCK' : availableFrom === undefined ? 'NOT_AVAILABLE' : 'BY_DATE',
    available,
    ...(byDate === undefined || date === undefined ? {} : { byDate: { date, available: byDate } }),
    ...(availableFrom === undefined ? {} : { availableFrom }),
    ...(releaseAt === undefined ? {} : { releaseAt }),
    ...(explained ? { explanation: explain(components, scene, facts.stock) } : {}),
  };
}

function unitsBy(
  until: Instant,
  components: readonly Component[],
  scene: SellingScene,
  releaseAt: Instant | undefined,
): number {
  return releaseAt !== undefined && releaseAt > until ? 0 : scene.unitsOn(components, until);
}

function askedOf({ sku, components }: ListedItem): Asked {
  return { sku, components: components ?? [{ sku, quantity: 1 }] };
}

function keyOf({ channel, listingSku }: ListingKey): string {
  return `${channel}/${listingSku}`;
}

function endOf(date: string): Instant {
  return `${date}T23:59:59.999Z`;
}
