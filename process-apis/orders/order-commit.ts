import { randomUUIDv7 } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import {
  findFacts,
  GroupCommit,
  insertFacts,
  inRetriedTransaction,
  sentTogether,
  type GroupCommitLimits,
} from '../../src/platform/commit/index.js';
import { appendEvents } from '../../src/platform/event-log/index.js';
import { componentsOf, type Component, type OrderLine } from '../../src/model/order.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import type { TaskQueue } from '../../src/platform/jobs/index.js';
import { capacityDays, lockSoftReservations, markConverted, StockBook, type NodeDay } from '../availability/index.js';
import type { CatalogReader, ListedItem } from '../catalog/index.js';
import type { SourcingPolicies } from '../sourcing/index.js';
import type { DecisionContext } from './decide/decision.js';
import { OrderBatch } from './order-batch.js';
import type { OutsideNames } from './orders.cross-references.js';
import type { FactOutcome, OrderFact, SubmitOutcome } from './orders.facts.js';
import {
  findOrdersOfFulfillments,
  insertCrossReferences,
  insertOrders,
  lockOrders,
  updateOrders,
  writeParties,
} from './orders.sql.js';
import { TRANSITIONS } from './orders.transitions.js';

/** Rows of another process that must be committed together with the facts. Set-wise: one call per batch and writer. */
export interface Rider<Row = unknown> {
  readonly write: (tx: PoolClient, rows: readonly Row[]) => Promise<void>;
  /** Made when the outcomes are known. */
  readonly row: (outcomes: readonly SubmitOutcome[]) => Row;
}

/** Makes a whole message one fact: the same id again gives the first answer, and its facts are not looked at. */
export interface Claim {
  readonly id: string;
  /** Of the content; tells a repetition from another message that reuses the id. */
  readonly digest: string;
  /** The id under which the message is kept; a repetition is answered with the first one's. */
  readonly recordId: string;
}

interface Submission {
  readonly facts: readonly OrderFact[];
  readonly claim?: Claim;
  readonly rider?: Rider;
}

export interface SubmitResult {
  /** One per fact, in order. Of a repeated message: as they were the first time. */
  readonly outcomes: readonly SubmitOutcome[];
  /** The claim was taken before. */
  readonly duplicate: boolean;
  /** … with other content. */
  readonly digestDiffers: boolean;
  readonly recordId?: string;
}

export interface OrderCommitParts {
  readonly pool: Pool;
  readonly catalog: CatalogReader;
  readonly sourcing: Pick<SourcingPolicies, 'forDecision'>;
  readonly tasks: TaskQueue;
  readonly cipher: FieldCipher;
  readonly names: OutsideNames;
  readonly limits: GroupCommitLimits;
  /** Called after each commit that changed something: wakes readers of the event log. */
  readonly committed: () => void;
}

/**
 * The one door for orders: facts in, decided purely, and everything that follows written in one transaction for many
 * submissions. Locks are taken in one order everywhere: orders by id, then positions by item and node.
 */
export class OrderCommit {
  private readonly group: GroupCommit<Submission, SubmitResult>;

  constructor(private readonly parts: OrderCommitParts) {
    this.group = new GroupCommit((batch) => this.run(batch), parts.limits);
  }

  /** Resolves after the commit, with one outcome per fact. */
  async submit(facts: readonly OrderFact[]): Promise<readonly SubmitOutcome[]> {
    return (await this.group.submit({ facts })).outcomes;
  }

  /** Takes the facts of one message, together with the rows that keep it. Resolves after the commit. */
  submitMessage(claim: Claim, facts: readonly OrderFact[], rider: Rider): Promise<SubmitResult> {
    return this.group.submit({ facts, claim, rider });
  }

  async drain(): Promise<void> {
    await this.group.drain();
  }

  private async run(batch: readonly Submission[]): Promise<readonly SubmitResult[]> {
    const { results, kinds } = await inRetriedTransaction(this.parts.pool, (tx) => this.commit(tx, batch));
    this.parts.tasks.wake(kinds);
    this.parts.committed();
    return results;
  }

  private async commit(
    tx: PoolClient,
    batch: readonly Submission[],
  ): Promise<{ results: readonly SubmitResult[]; kinds: ReadonlySet<string> }> {
    const { batch: work, stock } = await this.load(tx, batch);
    const results = batch.map(({ facts, claim }) => work.applyAll(facts, claim));
    await this.write(tx, work, stock, riderRows(batch, results));
    return { results, kinds: new Set(work.tasks.map((task) => task.kind)) };
  }

  private async load(
    tx: PoolClient,
    submissions: readonly Submission[],
  ): Promise<{ batch: OrderBatch; stock: StockBook }> {
    const facts = submissions.flatMap((submission) => submission.facts);
    const claims = submissions.flatMap(({ claim }) => claim ?? []);
    const ofFulfillments = await findOrdersOfFulfillments(
      tx,
      facts.flatMap(({ address }) => (address.by === 'FULFILLMENT_ORDER' ? [address.fulfillmentOrderId] : [])),
    );
    const ids = facts.flatMap(({ address }) => (address.by === 'ID' ? [address.orderId] : []));
    const references = facts.flatMap(({ address }) => (address.by === 'REFERENCE' ? [address] : []));
    const [orders, known] = await Promise.all([
      facts.length === 0 ? [] : lockOrders(tx, [...new Set([...ids, ...ofFulfillments.values()])], references),
      // Runs behind the locks: what another transaction took for these orders is committed and seen by then.
      findFacts<FactOutcome>(
        tx,
        [...claims, ...facts].map(({ id }) => id),
      ),
    ]);
    const world = await this.readWorld(tx, facts, orders);
    const stock = await StockBook.lock(tx, stockToLock(facts, orders, ofFulfillments, world), world.days);
    const context = { now: new Date().toISOString(), newId: randomUUIDv7, stock, ...world };
    return { stock, batch: new OrderBatch(orders, known, ofFulfillments, stock, context, this.parts.names) };
  }

  /** What decisions look up besides orders and stock. Set-wise: a constant number of statements, most of them from memory. */
  private async readWorld(tx: PoolClient, facts: readonly OrderFact[], orders: LockedOrders): Promise<World> {
    const { catalog, sourcing } = this.parts;
    const now = new Date().toISOString();
    const [listings, nodes, policyOf, sourcingOf, held] = await Promise.all([
      catalog.listingsFor(tx, [...wantedListings(facts, orders)]),
      catalog.nodes(),
      catalog.policies(),
      sourcing.forDecision(),
      lockSoftReservations(tx, wantedReservations(facts)),
    ]);
    const listedItem = (channel: string, listingSku: string): ListedItem | undefined =>
      listings.get(`${channel}/${listingSku}`);
    const skus = itemsOf(facts, orders, listedItem);
    const channels = [...new Set([...skus.values()].flatMap((of) => [...of]))];
    const ofChannels = await Promise.all(
      channels.map((channel) =>
        catalog.substitutesFor(
          tx,
          channel,
          [...skus].flatMap(([sku, of]) => (of.has(channel) ? [sku] : [])),
        ),
      ),
    );
    const others = ofChannels.flatMap((ofItems) => [...ofItems.values()].flat());
    const items = await catalog.itemsFor(tx, [...new Set([...skus.keys(), ...others])]);
    const substitutes = new Map(channels.map((channel, index) => [channel, ofChannels[index]]));
    const reservations = new Map(held.map((row) => [`${row.channel}/${row.reference}`, row]));
    return {
      nodes,
      policyOf,
      sourcingOf,
      listedItem,
      itemFacts: (sku) => items.get(sku),
      substitutesOf: (channel, sku) => substitutes.get(channel)?.get(sku) ?? [],
      reservationOf: (channel, reference) => reservations.get(`${channel}/${reference}`),
      days: capacityDays(nodes, now),
    };
  }

  /** In one round trip: the connection runs them in this order, and after one that fails the rest fail too. */
  private async write(
    tx: PoolClient,
    batch: OrderBatch,
    stock: StockBook,
    riders: ReadonlyMap<Rider['write'], readonly unknown[]>,
  ): Promise<void> {
    await sentTogether([
      insertOrders(tx, batch.created),
      updateOrders(tx, batch.changed),
      writeParties(
        tx,
        [...batch.parties].map(([orderId, parties]) => ({
          orderId,
          sealed: this.parts.cipher.seal(JSON.stringify(parties), `order:${orderId}`),
        })),
      ),
      appendEvents(tx, batch.events),
      insertFacts(tx, batch.facts),
      insertCrossReferences(tx, batch.crossReferences),
      stock.flush(tx),
      markConverted(tx, batch.converted),
      this.parts.tasks.enqueue(tx, batch.tasks),
      ...[...riders].map(([write, rows]) => write(tx, rows)),
    ]);
  }
}

/** What rides along, by who writes it. A repeated message brings nothing. */
function riderRows(
  batch: readonly Submission[],
  results: readonly SubmitResult[],
): ReadonlyMap<Rider['write'], readonly unknown[]> {
  const rows = new Map<Rider['write'], unknown[]>();
  batch.forEach(({ rider }, index) => {
    const result = results[index];
    if (rider === undefined || result === undefined || result.duplicate) return;
    const ofWriter = rows.get(rider.write) ?? [];
    ofWriter.push(rider.row(result.outcomes));
    rows.set(rider.write, ofWriter);
  });
  return rows;
}

type LockedOrders = Awaited<ReturnType<typeof lockOrders>>;

/** `<channel>/<listing SKU>` of all lines whose item is not known yet. */
function wantedListings(facts: readonly OrderFact[], orders: LockedOrders): ReadonlySet<string> {
  const wanted = new Set<string>();
  for (const { body } of facts)
    if (body.kind === 'ChannelOrderReceived')
      for (const line of body.order.lines) wanted.add(`${body.order.channel}/${line.listingSku}`);
  for (const order of orders)
    for (const line of order.lines) if (line.sku === null) wanted.add(`${order.channel}/${line.listingSku}`);
  return wanted;
}

/** What a batch's decisions look up, and the nodes whose day is counted. */
interface World extends Omit<DecisionContext, 'now' | 'newId' | 'stock'> {
  readonly days: readonly NodeDay[];
}

function wantedReservations(
  facts: readonly OrderFact[],
): readonly { readonly channel: string; readonly reference: string }[] {
  return facts.flatMap(({ body }) =>
    body.kind === 'ChannelOrderReceived' && body.order.reservation !== undefined
      ? [{ channel: body.order.channel, reference: body.order.reservation }]
      : [],
  );
}

/** The items of all lines, with the channels whose orders name them. */
function itemsOf(
  facts: readonly OrderFact[],
  orders: LockedOrders,
  listedItem: DecisionContext['listedItem'],
): ReadonlyMap<string, ReadonlySet<string>> {
  const items = new Map<string, Set<string>>();
  const add = (channel: string, components: readonly Component[]): void => {
    for (const { sku } of components) {
      const channels = items.get(sku) ?? new Set<string>();
      channels.add(channel);
      items.set(sku, channels);
    }
  };
  for (const { body } of facts)
    if (body.kind === 'ChannelOrderReceived')
      for (const line of body.order.lines) {
        const item = listedItem(body.order.channel, line.listingSku);
        if (item !== undefined) add(body.order.channel, componentsOf(item));
      }
  for (const { channel, lines } of orders)
    for (const line of lines) add(channel, componentsOf(line.sku === null ? itemOf(line, channel, listedItem) : line));
  return items;
}

function itemOf(
  line: Pick<OrderLine, 'sku' | 'listingSku'>,
  channel: string,
  listedItem: DecisionContext['listedItem'],
): Pick<OrderLine, 'sku' | 'components'> {
  return listedItem(channel, line.listingSku) ?? { sku: null };
}

/** Items whose positions the decisions may change. */
function stockToLock(
  facts: readonly OrderFact[],
  orders: LockedOrders,
  ofFulfillments: ReadonlyMap<string, string>,
  world: World,
): ReadonlySet<string> {
  const skus = new Set<string>();
  const add = (channel: string, item: Pick<OrderLine, 'sku' | 'components'>): void => {
    for (const { sku } of componentsOf(item)) {
      skus.add(sku);
      for (const substitute of world.substitutesOf(channel, sku)) skus.add(substitute);
    }
  };
  const touched = new Set<string>();
  for (const { body, address } of facts) {
    if (!TRANSITIONS[body.kind].touchesStock) continue;
    if (address.by === 'ID') touched.add(address.orderId);
    if (address.by === 'FULFILLMENT_ORDER') touched.add(ofFulfillments.get(address.fulfillmentOrderId) ?? '');
    if (address.by === 'REFERENCE') touched.add(`${address.channel}/${address.reference}`);
    if (body.kind !== 'ChannelOrderReceived') continue;
    const { channel, reservation, lines } = body.order;
    for (const line of lines)
      add(channel, itemOf({ sku: null, listingSku: line.listingSku }, channel, world.listedItem));
    for (const { sku } of world.reservationOf(channel, reservation ?? '')?.claims ?? []) skus.add(sku);
  }
  for (const order of orders) {
    const open = order.lines.some((line) => line.quantities.open > 0);
    // An order with open units claims stock after any fact.
    if (!open && !touched.has(order.id) && !touched.has(`${order.channel}/${order.reference}`)) continue;
    for (const line of order.lines)
      add(order.channel, line.sku === null ? itemOf(line, order.channel, world.listedItem) : line);
  }
  return skus;
}
