import type { Pool } from 'pg';
import { ChannelConnectors, ChannelTasks } from '../../experience-apis/channel-kit/index.js';
import { StockIntake } from '../../process-apis/availability/index.js';
import { Exceptions } from '../../process-apis/exceptions/index.js';
import { ErpFollowUp, ErpTasks, WmsInbound, WmsTasks } from '../../process-apis/fulfillment/index.js';
import { KeptFacts, SqlIntake, StoredMessages } from '../../process-apis/intake/index.js';
import {
  OrderCommit,
  OrderReader,
  Resumption,
  SqlOrderStore,
  sqlSlaClocks,
  WaitingOrders,
} from '../../process-apis/orders/index.js';
import type { Publishing } from '../../process-apis/publishing/index.js';
import { SourcingPolicies } from '../../process-apis/sourcing/index.js';
import { inRetriedTransaction } from '../../src/platform/commit/index.js';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { SqlCursorStore } from '../../src/platform/db/sql-cursor-store.js';
import type { TaskQueue } from '../../src/platform/jobs/index.js';
import { CHANNEL_KIND } from './actors/channel.js';
import { MemoryPool } from './memory/pool.js';
import { ProcessCatalog } from './process-catalog.js';
import { SimTaskQueue } from './queue.js';
import type { Life } from './scheduler.js';
import { LogSubscriber } from './subscriber.js';
import type { HubDoors, SimWorld } from './sim-world.js';

const CONNECTIONS_MAX = 10;
const LIMITS = { batchMax: 8, inFlightMax: 2, queueMax: 1_000 };
const MINUTE_MS = 60_000;
/** When a process looks around by itself; at most, and much sooner after a commit of its own. */
const SWEEP_MS_MAX = 40 * MINUTE_MS;
const SOON_MS_MAX = 5_000;
const AT_ONCE_MS_MAX = 20;
const AGAIN_MS = 50;
/** Keys are made with chance of the machine: once for all worlds. */
const KEYS = KeyRing.parse(generateKeyRing('simulation'));

type Sweep = () => Promise<boolean | void>;

/** One process of the hub: all its parts as the composition binds them, over a pool and a queue in memory. */
export class HubProcess implements HubDoors {
  readonly pool: MemoryPool;
  readonly queue: SimTaskQueue;
  readonly orders: OrderCommit;
  readonly catalog: ProcessCatalog;
  readonly intake: SqlIntake;
  readonly inbound: WmsInbound;
  readonly messages: StoredMessages;
  readonly subscriber: LogSubscriber;
  private readonly sweeps: readonly Sweep[];
  private soon = false;

  constructor(
    private readonly world: SimWorld,
    readonly life: Life,
    readonly id: number,
  ) {
    this.pool = this.newPool();
    const pool = this.pool as unknown as Pool;
    this.queue = this.newQueue();
    const tasks = this.queue as unknown as TaskQueue;
    const cipher = new FieldCipher(KEYS);
    const committed = (): void => this.lookSoon();
    this.catalog = ProcessCatalog.take(pool, committed);
    const sourcing = new SourcingPolicies(pool);
    const { catalog } = this;
    const { erp, warehouse } = world;
    this.orders = new OrderCommit({
      cipher,
      committed,
      limits: LIMITS,
      names: { erp: erp.system, wms: warehouse.system },
      store: new SqlOrderStore({ pool, catalog, sourcing, tasks }),
    });
    const { orders } = this;
    const reader = new OrderReader(pool, cipher);
    const stock = new StockIntake(pool, committed);
    this.messages = new StoredMessages({ pool, orders, stock, cipher });
    this.intake = new SqlIntake(pool, orders, cipher, catalog, this.messages);
    this.messages.register(new KeptFacts());
    this.inbound = new WmsInbound(pool, orders, stock, cipher);
    this.messages.register(this.inbound);
    const connectors = new ChannelConnectors();
    const connector = world.channels[0]?.connector();
    if (connector !== undefined) connectors.register(connector);
    this.intake.register(CHANNEL_KIND, (...given) => connectors.of(CHANNEL_KIND).interpret(...given));
    new ErpTasks(erp, orders, reader).register(tasks);
    new WmsTasks(warehouse, orders, reader).register(tasks);
    new ChannelTasks(connectors, catalog, orders, reader).register(tasks, NOTHING_PUBLISHED);
    this.subscriber = new LogSubscriber(pool);
    this.sweeps = this.newSweeps(
      new WaitingOrders(orders, (sentence) => world.count(`order not resumed: ${sentence}`)),
      [sourcing, catalog],
    );
  }

  /** A person does not want to see an exception any more. */
  ignore(exceptionId: string, by: string): Promise<readonly string[]> {
    const pool = this.pool as unknown as Pool;
    const exceptions = new Exceptions(pool, () => this.lookSoon());
    return inRetriedTransaction(pool, (tx) => exceptions.ignoreIn(tx, [exceptionId], by, 'known, and accepted'));
  }

  start(): void {
    this.queue.work();
    this.sweeps.forEach((sweep, index) => this.lookAgain(sweep, index, SOON_MS_MAX));
  }

  private newSweeps(waiting: WaitingOrders, known: readonly { forget: () => void }[]): readonly Sweep[] {
    const pool = this.pool as unknown as Pool;
    const { orders, subscriber, messages } = this;
    const followUp = new ErpFollowUp(this.world.erp, orders, waiting, pool);
    const resumption = new Resumption({
      pool,
      waiting,
      cursors: new SqlCursorStore(pool),
      committed: () => this.lookSoon(),
      forget: () => known.forEach((memory) => memory.forget()),
    });
    const clocks = sqlSlaClocks(pool, orders);
    return [
      () => resumption.sweep(),
      () => subscriber.read(),
      () => followUp.sweepConfirmations(),
      () => followUp.sweepBilling(),
      () => clocks.sweep(),
      () => messages.sweepParked(),
    ];
  }

  private newPool(): MemoryPool {
    const { world, life } = this;
    const { database, scheduler, statements } = world;
    return new MemoryPool({
      database,
      scheduler,
      life,
      book: statements,
      faults: () => ({ slow: world.plan.databaseSlow, lost: world.plan.databaseLost }),
      count: (fault) => world.count(fault),
      dies: () => this.diesNow(),
      connectionsMax: CONNECTIONS_MAX,
    });
  }

  private newQueue(): SimTaskQueue {
    const { world, life, pool, id } = this;
    return new SimTaskQueue({
      pool,
      life,
      scheduler: world.scheduler,
      processId: id,
      heartbeats: world.heartbeats,
      count: (fault) => world.count(fault),
      redelivered: () => world.plan.taskTwice,
      // An ERP without unique keys cannot tell two posts at once apart; nobody can for it.
      isAlone: (kind) => kind.startsWith('erp.'),
    });
  }

  private diesNow(): boolean {
    if (!this.world.scheduler.random.chance(this.world.plan.crashAtStatement)) return false;
    this.world.crash(this.life, 'process crashed at a statement');
    return true;
  }

  /** After a commit: what it led to is looked at in a moment. */
  private lookSoon(): void {
    if (this.soon) return;
    this.soon = true;
    const { scheduler } = this.world;
    const delayMsMax = scheduler.random.chance(0.5) ? AT_ONCE_MS_MAX : SOON_MS_MAX;
    scheduler.after(scheduler.random.int(1, delayMsMax), () => {
      this.soon = false;
      for (const sweep of this.sweeps.slice(0, 2)) void this.look(sweep);
    });
  }

  private lookAgain(sweep: Sweep, index: number, delayMsMax: number): void {
    const { scheduler } = this.world;
    scheduler.after(scheduler.random.int(1, delayMsMax), () => {
      void this.look(sweep).then((more) => this.lookAgain(sweep, index, more ? AGAIN_MS : SWEEP_MS_MAX));
    });
  }

  /** A sweep that fails is tried again later, as the loops of a process do. */
  private async look(sweep: Sweep): Promise<boolean> {
    try {
      return (await sweep()) === true;
    } catch (error) {
      this.world.noteFailure('sweep', error);
      return false;
    }
  }
}

const NOTHING_PUBLISHED = { register: () => undefined } as unknown as Publishing;
