import { capacityDays } from '../../../process-apis/availability/index.js';
import { countListings } from '../../../process-apis/catalog/index.js';
import { countOpenExceptions, type OpenCount } from '../../../process-apis/exceptions/index.js';
import {
  findMessagesAbout,
  readLastMessages,
  readMessagesWithoutBody,
  type StoredMessage,
} from '../../../process-apis/intake/index.js';
import { findOrdersOfParts, readChannelOrders, type ChannelOrders } from '../../../process-apis/orders/index.js';
import type { Drift } from '../../../process-apis/reconciliation/index.js';
import type { ChannelAccount, ChannelPolicy } from '../../../src/model/channel.js';
import type { Order } from '../../../src/model/order.js';
import type { StockNode } from '../../../src/model/stock.js';
import { readFactsOf, type FactRecord } from '../../../src/platform/commit/index.js';
import type { TaskRecord } from '../../../src/platform/jobs/index.js';
import { readBreakers, readBudgets } from '../../../src/platform/outside/policy-store.js';
import { ItemLoaders } from './item-loaders.js';
import type { RecordSources } from './record-sources.js';
import {
  groupedBy,
  indexedBy,
  loadByKey,
  loadParts,
  loadWhole,
  nameOfParts,
  type ByKey,
  type LoaderOptions,
  type Parts,
} from './set-loader.js';
import {
  backlogView,
  operationViews,
  systemViews,
  type OperationView,
  type SystemView,
  type TaskBacklogView,
} from './system-view.js';

/** Budgets that are looked at: one for each operation and account. */
const BUDGETS_MAX = 1_000;

interface DriftPage {
  readonly runId: string;
  readonly after: string;
}

/** A channel account with how its orders are treated. */
export interface ChannelView {
  readonly account: ChannelAccount;
  readonly policy: ChannelPolicy;
}

const same = (key: string): string => key;
const pageName = ({ runId, after }: DriftPage): string => nameOfParts(runId, after);

/** Records and what belongs to them: what the resolvers of one turn ask for is one statement per kind. */
export class RecordLoaders {
  readonly items: ItemLoaders;
  readonly order: ByKey<string, Order>;
  /** By the hub's ids of lines, fulfillment orders, shipments and packages. */
  readonly orderIdOfPart: ByKey<string, string>;
  readonly message: ByKey<string, StoredMessage>;
  readonly task: ByKey<string, TaskRecord>;
  readonly tasksOfOrder: Parts<string, TaskRecord>;
  readonly factsOfOrder: Parts<string, FactRecord>;
  readonly messageIdsAbout: Parts<string, string>;
  readonly drifts: Parts<DriftPage, Drift>;
  readonly lastMessage: ByKey<string, string>;
  readonly channelOrders: ByKey<string, ChannelOrders>;
  readonly openExceptions: () => Promise<readonly OpenCount[]>;
  readonly listingCounts: () => Promise<ReadonlyMap<string, number>>;
  readonly unitsToday: () => Promise<ReadonlyMap<string, number>>;
  readonly channels: () => Promise<readonly ChannelView[]>;
  readonly nodes: () => Promise<readonly StockNode[]>;
  readonly backlog: () => Promise<readonly TaskBacklogView[]>;
  readonly operations: () => Promise<readonly OperationView[]>;
  /** As they are after a change. */
  readonly operationsNow: () => Promise<readonly OperationView[]>;
  readonly systems: () => Promise<readonly SystemView[]>;

  constructor(sources: RecordSources, options: LoaderOptions) {
    const { pool, stock, orders } = sources;
    const { tasks, drift, queue } = sources.work;
    this.items = new ItemLoaders(pool, stock, options);
    this.order = loadByKey((ids) => orders.byIds(ids), same, options);
    this.orderIdOfPart = loadByKey((ids) => findOrdersOfParts(pool, ids), same, options);
    this.message = loadByKey(
      async (ids) => indexedBy(await readMessagesWithoutBody(pool, ids), ({ id }) => id),
      same,
      options,
    );
    this.task = loadByKey((ids) => tasks.byIds(ids), same, options);
    this.tasksOfOrder = loadParts((ids, perOrder) => tasks.ofSubjects(ids, perOrder), same, options);
    this.factsOfOrder = loadParts(
      async (ids, perOrder) => groupedBy(await readFactsOf(pool, ids, perOrder), ({ subjectId }) => subjectId),
      same,
      options,
    );
    this.messageIdsAbout = loadParts(
      async (subjects, perSubject) => idsBySubject(await findMessagesAbout(pool, subjects, perSubject)),
      same,
      options,
    );
    this.drifts = loadParts(
      async (runs, perRun) => {
        const rows = await drift.pages(runs, perRun);
        // Two pages of one run are told apart by where they begin.
        return new Map(
          runs.map((run) => [
            pageName(run),
            distinct(rows.filter(({ runId, key }) => runId === run.runId && key > run.after)),
          ]),
        );
      },
      pageName,
      options,
    );
    this.lastMessage = loadByKey((names) => readLastMessages(pool, names), same, options);
    this.channelOrders = loadByKey((channels) => readChannelOrders(pool, channels), same, options);
    this.openExceptions = loadWhole(() => countOpenExceptions(pool), options);
    this.listingCounts = loadWhole(() => countListings(pool), options);
    this.unitsToday = loadWhole(async () => {
      const nodes = await sources.catalog.nodes();
      return stock.unitsOfDays(capacityDays(nodes, new Date().toISOString()));
    }, options);
    this.nodes = loadWhole(() => sources.catalog.nodes(), options);
    this.channels = loadWhole(() => readChannels(sources), options);
    this.backlog = loadWhole(async () => (await queue.backlog()).map(backlogView), options);
    this.operations = loadWhole(() => readOperations(sources), options);
    this.operationsNow = () => readOperations(sources);
    this.systems = loadWhole(() => this.readSystems(sources), options);
  }

  /** The newest messages about any of these subjects. */
  async messagesAbout(subjects: readonly string[], first: number): Promise<readonly StoredMessage[]> {
    const found = await Promise.all(subjects.map((key) => this.messageIdsAbout.load({ key, first })));
    // The hub's ids of messages grow with time.
    const newest = [...new Set(found.flat())].toSorted().toReversed().slice(0, first);
    const messages = await this.message.loadMany(newest);
    return messages.flatMap((message) => {
      if (message instanceof Error) throw message;
      return message ?? [];
    });
  }

  private async readSystems({ work: { kinds } }: RecordSources): Promise<readonly SystemView[]> {
    const [operations, backlog, channels] = await Promise.all([this.operations(), this.backlog(), this.channels()]);
    const connectors = new Set(channels.map(({ account }) => account.kind));
    const kindOf = (name: string) => kinds.of(name) ?? (connectors.has(name) ? 'CHANNEL' : undefined);
    return systemViews(operations, backlog, [...kinds.names(), ...connectors], kindOf, Date.now());
  }
}

async function readOperations({ pool, work: { gate } }: RecordSources): Promise<readonly OperationView[]> {
  const [breakers, budgets] = await Promise.all([readBreakers(pool), readBudgets(pool, BUDGETS_MAX)]);
  return operationViews({ policies: gate.policies, breakers, budgets, nowMs: Date.now() });
}

async function readChannels({ catalog }: RecordSources): Promise<readonly ChannelView[]> {
  const [accounts, policyOf] = await Promise.all([catalog.allAccounts(), catalog.policies()]);
  return accounts.map((account) => ({ account, policy: policyOf(account.id) }));
}

function idsBySubject(
  found: readonly { readonly subject: string; readonly id: string }[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...groupedBy(found, ({ subject }) => subject)].map(([subject, of]) => [subject, of.map(({ id }) => id)]),
  );
}

function distinct<Row extends { readonly key: string }>(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [row.key, row])).values()];
}
