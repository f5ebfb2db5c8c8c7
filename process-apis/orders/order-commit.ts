import { randomUUIDv7 } from 'node:crypto';
import { GroupCommit, type GroupCommitLimits } from '../../src/platform/commit/index.js';
import type { OrderParties } from '../../src/model/channel-order.js';
import type { Order } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import type { NewEvent } from '../../src/platform/event-log/index.js';
import type { StockBook } from '../availability/index.js';
import { OrderBatch } from './order-batch.js';
import type { OrderStore, OrderTx, RiderWriter } from './order-store.js';
import { ordersWithParties, readWorld, stockToLock } from './order-world.js';
import type { OutsideNames } from './orders.cross-references.js';
import type { OrderFact, SubmitOutcome } from './orders.facts.js';
import type { SealedParties } from './orders.sql.js';
import type { OrderTask } from './orders.tasks.js';
import { submissionTrace, traceCommit, type SubmissionTrace } from './order-traces.js';

/** Rows of another process that must be committed together with the facts. Set-wise: one call per batch and writer. */
export interface Rider<Row = unknown> {
  readonly write: RiderWriter;
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
  readonly again?: boolean;
  readonly claim?: Claim;
  readonly rider?: Rider;
  readonly trace?: SubmissionTrace;
}

/** A commit of many submissions, for metrics. */
export interface ObservedCommit {
  readonly submissions: number;
  readonly failed: boolean;
  readonly durationMs: number;
}

export interface SubmitOptions {
  /** Facts that were refused before are decided on anew, and the new outcome is kept; others are not taken twice. */
  readonly again?: boolean;
  /** Rows that are committed together with the facts. */
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

/** What facts would do, in the order in which they are given. */
export interface Preview {
  readonly outcomes: readonly SubmitOutcome[];
  /** Orders that would be created or changed. */
  readonly orders: readonly { readonly before?: Order; readonly after: Order }[];
  readonly events: readonly NewEvent[];
  /** Outside work that would be asked for. */
  readonly tasks: readonly OrderTask[];
}

export interface OrderCommitParts {
  readonly store: OrderStore;
  readonly cipher: FieldCipher;
  readonly names: OutsideNames;
  readonly limits: GroupCommitLimits;
  /** Called after each commit that changed something: wakes readers of the event log. */
  readonly committed: () => void;
  /** The machine's clock where absent. */
  readonly clock?: () => Instant;
  /** UUIDv7 where absent. */
  readonly newId?: () => string;
  /** The instant of a restore, for as long as its loss is not made up for. */
  readonly lostBefore?: () => Instant | undefined;
}

interface Loaded {
  readonly orders: readonly Order[];
  readonly batch: OrderBatch;
  readonly stock: StockBook;
}

/**
 * The one door for orders: facts in, decided purely, and everything that follows written in one transaction for many
 * submissions. Locks are taken in one order everywhere: orders by id, then positions by item and node.
 */
export class OrderCommit {
  private readonly group: GroupCommit<Submission, SubmitResult>;
  private readonly clock: () => Instant;
  private readonly newId: () => string;
  private readonly observers: ((commit: ObservedCommit) => void)[] = [];

  constructor(private readonly parts: OrderCommitParts) {
    this.group = new GroupCommit((batch) => this.run(batch), parts.limits);
    this.clock = parts.clock ?? (() => new Date().toISOString());
    this.newId = parts.newId ?? randomUUIDv7;
  }

  /** Seals what rides along. */
  get cipher(): FieldCipher {
    return this.parts.cipher;
  }

  /** Resolves after the commit, with one outcome per fact. */
  async submit(facts: readonly OrderFact[], options: SubmitOptions = {}): Promise<readonly SubmitOutcome[]> {
    return (await this.group.submit({ facts, ...options, ...submissionTrace() })).outcomes;
  }

  /** Takes the facts of one message, together with the rows that keep it. Resolves after the commit. */
  submitMessage(claim: Claim, facts: readonly OrderFact[], rider: Rider): Promise<SubmitResult> {
    return this.group.submit({ facts, claim, rider, ...submissionTrace() });
  }

  /** What the facts would do now. Decided under the same locks as `submit`, and undone: nothing stays, nobody is told. */
  preview(facts: readonly OrderFact[], { again = false }: SubmitOptions = {}): Promise<Preview> {
    return this.parts.store.preview(async (tx) => {
      const { batch, orders } = await this.load(tx, [{ facts }]);
      const { outcomes } = batch.applyAll(facts, undefined, again);
      const before = new Map(orders.map((order) => [order.id, order]));
      const after = [...batch.created, ...batch.changed.map(({ order }) => order)];
      return {
        outcomes,
        orders: after.map((order) => {
          const known = before.get(order.id);
          return known === undefined ? { after: order } : { before: known, after: order };
        }),
        events: batch.events,
        tasks: batch.tasks,
      };
    });
  }

  onCommit(observer: (commit: ObservedCommit) => void): void {
    this.observers.push(observer);
  }

  /** Submissions that wait to be committed. */
  get queued(): number {
    return this.group.depth;
  }

  async drain(): Promise<void> {
    await this.group.drain();
  }

  private async run(batch: readonly Submission[]): Promise<readonly SubmitResult[]> {
    const startedAt = Date.now();
    let failed = true;
    try {
      const { results, kinds } = await this.parts.store.transaction((tx) => this.commit(tx, batch));
      failed = false;
      this.parts.store.wake(kinds);
      this.parts.committed();
      traceCommit(batch, results, startedAt);
      return results;
    } finally {
      const observed = { submissions: batch.length, failed, durationMs: Date.now() - startedAt };
      for (const observe of this.observers) observe(observed);
    }
  }

  private async commit(
    tx: OrderTx,
    submissions: readonly Submission[],
  ): Promise<{ results: readonly SubmitResult[]; kinds: ReadonlySet<string> }> {
    const { batch, stock } = await this.load(tx, submissions);
    const results = submissions.map(({ facts, claim, again }) => batch.applyAll(facts, claim, again));
    const { created, changed, events, facts, crossReferences, converted, tasks, problems } = batch;
    await tx.write({
      created,
      changed,
      events,
      facts,
      crossReferences,
      converted,
      tasks,
      problems,
      stock,
      parties: this.sealed(batch),
      riders: riderRows(submissions, results),
    });
    return { results, kinds: new Set(tasks.map((task) => task.kind)) };
  }

  private async load(tx: OrderTx, submissions: readonly Submission[]): Promise<Loaded> {
    const facts = submissions.flatMap((submission) => submission.facts);
    const claims = submissions.flatMap(({ claim }) => claim ?? []);
    const ofFulfillments = await tx.ordersOfFulfillments(
      facts.flatMap(({ address }) => (address.by === 'FULFILLMENT_ORDER' ? [address.fulfillmentOrderId] : [])),
    );
    const ids = facts.flatMap(({ address }) => (address.by === 'ID' ? [address.orderId] : []));
    const references = facts.flatMap(({ address }) => (address.by === 'REFERENCE' ? [address] : []));
    const [orders, known] = await Promise.all([
      facts.length === 0 ? [] : tx.lockOrders([...new Set([...ids, ...ofFulfillments.values()])], references),
      // Runs behind the locks: what another transaction took for these orders is committed and seen by then.
      tx.findFacts([...claims, ...facts].map(({ id }) => id)),
    ]);
    const partiesOf = await this.readParties(tx, ordersWithParties(facts, orders));
    const now = this.clock();
    const { days, ...world } = await readWorld(tx, facts, orders, now);
    const stock = await tx.lockStock(stockToLock(facts, orders, ofFulfillments, { ...world, days }), days);
    const tracksPackages = this.parts.names.carrier !== undefined;
    const lostBefore = this.parts.lostBefore?.();
    const lost = lostBefore === undefined ? {} : { lostBefore };
    const context = { now: this.clock(), newId: this.newId, stock, partiesOf, tracksPackages, ...lost, ...world };
    return { orders, stock, batch: new OrderBatch(orders, known, ofFulfillments, stock, context, this.parts.names) };
  }

  private async readParties(
    tx: OrderTx,
    orderIds: readonly string[],
  ): Promise<(orderId: string) => OrderParties | undefined> {
    const rows = orderIds.length === 0 ? [] : await tx.readParties(orderIds);
    const parties = new Map(
      rows.map(({ orderId, sealed }) => {
        const text = this.parts.cipher.open(sealed, `order:${orderId}`).toString('utf8');
        return [orderId, JSON.parse(text) as OrderParties];
      }),
    );
    return (orderId) => parties.get(orderId);
  }

  private sealed(batch: OrderBatch): readonly SealedParties[] {
    return [...batch.parties].map(([orderId, parties]) => ({
      orderId,
      sealed: this.parts.cipher.seal(JSON.stringify(parties), `order:${orderId}`),
    }));
  }
}

/** What rides along, by who writes it. A repeated message brings nothing. */
function riderRows(
  batch: readonly Submission[],
  results: readonly SubmitResult[],
): ReadonlyMap<RiderWriter, readonly unknown[]> {
  const rows = new Map<RiderWriter, unknown[]>();
  batch.forEach(({ rider }, index) => {
    const result = results[index];
    if (rider === undefined || result === undefined || result.duplicate) return;
    const ofWriter = rows.get(rider.write) ?? [];
    ofWriter.push(rider.row(result.outcomes));
    rows.set(rider.write, ofWriter);
  });
  return rows;
}
