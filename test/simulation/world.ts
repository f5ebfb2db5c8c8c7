import { createHash, type Hash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { ChannelActor } from './actors/channel.js';
import { ErpActor } from './actors/erp.js';
import { OperatorActor } from './actors/operator.js';
import { WarehouseActor } from './actors/warehouse.js';
import { faultPlan, NO_FAULTS, type FaultPlan } from './faults.js';
import { HubProcess } from './hub.js';
import { Invariants } from './invariants.js';
import { MemoryDatabase, type Changes } from './memory/database.js';
import { StatementBook } from './memory/statement-book.js';
import { AROUND_STATEMENTS, UNNAMED_AROUND_STATEMENTS } from './memory/statements-around.js';
import { LOG_STATEMENTS, UNNAMED_LOG_STATEMENTS } from './memory/statements-log.js';
import { ORDER_STATEMENTS } from './memory/statements-orders.js';
import { STOCK_STATEMENTS, UNNAMED_STOCK_STATEMENTS } from './memory/statements-stock.js';
import { TABLES } from './memory/tables.js';
import { Heartbeats } from './queue.js';
import { Scheduler, type Life } from './scheduler.js';
import type { HubDoors, SimWorld } from './sim-world.js';

const START = new Date('2026-03-02T06:00:00.000Z');
const HOUR_MS = 3_600_000;
const PROCESSES_MAX = 3;
const RESTART_MS_MAX = 60_000;
const REPEAT_MS_MAX = 120_000;
const LATE_MS_MAX = 2 * HOUR_MS;
/** Two that come within this time meet in the database. */
const SAME_TIME_MS = 15;
const SOON_MS = 2_000;
const ORDERS_MIN = 2;
const ORDERS_MAX = 12;
const SELLS_FOR_MS = 3 * HOUR_MS;
const FAULTS_LAST_MS = 8 * HOUR_MS;
/** After the faults: time for everything to reach its end. */
const QUIET_LASTS_MS = 21 * 24 * HOUR_MS;
/** How each channel's orders are dealt with. */
const ORDERING: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  market: { shortage: 'SPLIT', priceTolerance: 5 },
};
const STEPS_MAX = 400_000;

/** A world of one seed: hub processes over one database, and everything around them. */
export class World implements SimWorld {
  readonly scheduler: Scheduler;
  readonly database: MemoryDatabase;
  readonly statements: StatementBook;
  readonly heartbeats = new Heartbeats();
  readonly counts = new Map<string, number>();
  readonly skus = ['SKU-A', 'SKU-B', 'SKU-C'];
  readonly nodes = ['N1', 'N2'];
  readonly channels: readonly ChannelActor[];
  readonly erp: ErpActor;
  readonly warehouse: WarehouseActor;
  readonly invariants: Invariants;
  plan: FaultPlan;
  private readonly trace: Hash = createHash('sha256');
  private readonly hubs = new Map<number, HubProcess>();
  private readonly startMs: number;
  private processes = 0;
  private failure: Error | undefined;
  /** Deliveries that nobody has taken yet. */
  private open = 0;
  private isCounted = false;
  private readonly operator: OperatorActor;

  constructor(
    seed: number,
    private readonly onNote?: (line: string) => void,
  ) {
    Logger.overrideLogger(false);
    this.scheduler = new Scheduler(seed, START);
    this.startMs = this.scheduler.nowMs;
    this.plan = faultPlan(this.scheduler.random);
    this.statements = new StatementBook(
      { ...ORDER_STATEMENTS, ...LOG_STATEMENTS, ...STOCK_STATEMENTS, ...AROUND_STATEMENTS },
      [...UNNAMED_LOG_STATEMENTS, ...UNNAMED_STOCK_STATEMENTS, ...UNNAMED_AROUND_STATEMENTS],
    );
    this.database = new MemoryDatabase(
      TABLES,
      () => this.scheduler.nowMs,
      (run) => this.later(0, run),
      (changes) => this.committed(changes),
    );
    this.erp = new ErpActor(this);
    this.warehouse = new WarehouseActor(this);
    const listings = this.skus.map((sku) => `L-${sku}`);
    this.channels = ['shop', 'market'].map(
      (id) => new ChannelActor(this, id, ORDERING[id] ?? {}, listings, [`L-NEW-${id}`]),
    );
    this.operator = new OperatorActor(this);
    this.invariants = new Invariants(this);
  }

  get hasFaults(): boolean {
    return this.scheduler.nowMs < this.startMs + FAULTS_LAST_MS;
  }

  channel(id: string): ChannelActor {
    const channel = this.channels.find((one) => one.id === id);
    if (channel === undefined) throw new Error(`there is no channel ${id}`);
    return channel;
  }

  /** Runs the whole story, `stepsMax` steps at most. Throws what the invariants say. */
  async run(stepsMax = STEPS_MAX): Promise<void> {
    const onRejection = (error: unknown): void => this.fail(error);
    process.on('unhandledRejection', onRejection);
    try {
      await this.furnish();
      const { random } = this.scheduler;
      const processes = random.int(1, PROCESSES_MAX + 1);
      for (let n = 0; n < processes; n += 1) this.startProcess();
      this.stockUp();
      const orders = random.int(ORDERS_MIN, ORDERS_MAX);
      const rushAtMs = random.int(0, SELLS_FOR_MS);
      // Half of them at one moment: what meets in the database is seen there.
      const sellsAtMs = (): number =>
        random.chance(0.5) ? rushAtMs + random.int(0, SAME_TIME_MS) : random.int(0, SELLS_FOR_MS);
      for (let n = 0; n < orders; n += 1) this.later(sellsAtMs(), () => random.pick(this.channels).sell());
      this.operator.start();
      this.later(FAULTS_LAST_MS, () => {
        this.plan = NO_FAULTS;
      });
      await this.scheduler.run(
        () => this.scheduler.steps >= stepsMax || this.isOver(),
        () => this.afterStep(),
      );
      if (this.scheduler.steps < stepsMax) this.invariants.checkEnd();
      else if (stepsMax === STEPS_MAX) throw new Error(`TOO_LONG: the story did not end in ${STEPS_MAX} steps`);
    } finally {
      process.off('unhandledRejection', onRejection);
    }
  }

  close(): void {
    for (const hub of this.hubs.values()) hub.catalog.giveBack();
    this.scheduler.uninstall();
  }

  get traceHash(): string {
    return this.trace.copy().digest('hex');
  }

  count(fault: string): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }

  /** Something happened that the trace tells. */
  note(line: string): void {
    this.trace.update(`${this.scheduler.nowMs} ${line}\n`);
    this.onNote?.(`${this.scheduler.steps} ${this.scheduler.now} ${line}`);
  }

  /** The hub's own loops log it and go on; an error that no outage explains is a bug. */
  noteFailure(where: string, error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const sentence = error instanceof Error ? error.message : String(error);
    this.note(`${where} failed: ${code} ${sentence}`);
    const isExplained =
      code.startsWith('OUTSIDE_') || code === '08006' || code === 'CONCURRENT_CHANGE' || code === '23505';
    if (!isExplained) this.fail(error);
  }

  /** Runs it later as the world itself, whoever asks. */
  later(delayMs: number, run: () => void): void {
    this.scheduler.as(WORLD_LIFE, () => this.scheduler.after(delayMs, run));
  }

  inLife(life: Life | undefined, run: () => void): void {
    if (life === undefined) run();
    else this.scheduler.as(life, run);
  }

  /** Hands something to any process until it is taken: late, twice, and to a process that dies over it. */
  deliver(what: string, hand: (hub: HubDoors) => Promise<unknown>): void {
    const { random } = this.scheduler;
    const { messageTwice, messageLate } = this.plan;
    this.open += 1;
    let isTaken = false;
    const attempt = (): void => {
      const hub = this.anyProcess();
      if (hub === undefined) {
        this.later(random.int(1, REPEAT_MS_MAX), attempt);
        return;
      }
      // Whoever hears no answer for so long tells again.
      const again = random.int(1_000, REPEAT_MS_MAX);
      this.later(again, () => {
        if (!isTaken) attempt();
      });
      this.scheduler.as(hub.life, () => {
        void this.hand(what, () => hand(hub)).then((taken) => {
          if (taken && !isTaken) this.open -= 1;
          isTaken ||= taken;
          return isTaken;
        });
      });
    };
    const isLate = random.chance(messageLate);
    if (isLate) this.count('message late');
    const soonMs = random.chance(0.5) ? SAME_TIME_MS : SOON_MS;
    const afterMs = random.int(1, isLate ? LATE_MS_MAX : soonMs);
    this.later(afterMs, attempt);
    if (!random.chance(messageTwice)) return;
    this.count('message twice');
    // Both at once, or the second one much later.
    this.later(random.chance(0.5) ? afterMs + random.int(0, SAME_TIME_MS) : random.int(0, LATE_MS_MAX), attempt);
  }

  crash(life: Life | undefined, why: string): void {
    if (life === undefined || !life.alive || life === WORLD_LIFE) return;
    const hub = [...this.hubs.values()].find((one) => one.life === life);
    if (hub === undefined) return;
    life.alive = false;
    this.count(why);
    this.note(`process ${hub.id} died`);
    this.hubs.delete(hub.id);
    this.heartbeats.ended(hub.id, this.scheduler.nowMs);
    // The server notices in its own time.
    this.later(this.scheduler.random.int(0, 2_000), () => {
      hub.pool.kill();
      hub.catalog.giveBack();
    });
    this.later(this.scheduler.random.int(1_000, RESTART_MS_MAX), () => this.startProcess());
  }

  private startProcess(): void {
    this.processes += 1;
    const life: Life = { alive: true };
    const id = this.processes;
    this.scheduler.as(life, () => {
      const hub = new HubProcess(this, life, id);
      this.hubs.set(id, hub);
      hub.start();
    });
    this.note(`process ${id} started`);
  }

  private anyProcess(): HubProcess | undefined {
    const hubs = [...this.hubs.values()];
    return hubs.length === 0 ? undefined : this.scheduler.random.pick(hubs);
  }

  private async hand(what: string, hand: () => Promise<unknown>): Promise<boolean> {
    try {
      await hand();
    } catch (error) {
      this.noteFailure(`taking ${what}`, error);
      return false;
    }
    this.note(`taken: ${what}`);
    return true;
  }

  private stockUp(): void {
    const { random } = this.scheduler;
    for (const sku of this.skus)
      for (const node of this.nodes) {
        const units = random.chance(this.plan.lowStock) ? random.int(0, 4) : random.int(8, 30);
        if (units > 0) this.warehouse.receive(sku, node, units);
        if (random.chance(this.plan.counts))
          this.later(random.int(0, FAULTS_LAST_MS), () => this.warehouse.count(sku, node));
      }
  }

  private async furnish(): Promise<void> {
    const tx = this.database.begin();
    for (const sku of this.skus) await tx.insert('item', { sku, tracking: 'NONE' });
    for (const [index, id] of this.nodes.entries()) await tx.insert('node', nodeRow(id, index));
    for (const { id, account } of this.channels) {
      await tx.insert('channel_account', { ...account });
      for (const sku of this.skus) await tx.insert('listing', { channel: id, listing_sku: `L-${sku}`, sku });
    }
    if (this.scheduler.random.chance(this.plan.holds)) await tx.insert('hold_rule', HOLD_RULE);
    tx.commit();
  }

  private committed(changes: Changes): void {
    for (const [table, rows] of changes) for (const key of rows.keys()) this.trace.update(`${table} ${key}\n`);
    this.invariants.changed(changes);
  }

  private afterStep(): void {
    if (this.failure !== undefined) throw this.failure;
    this.invariants.checkStep();
  }

  private fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }

  private isOver(): boolean {
    const { nowMs } = this.scheduler;
    if (nowMs < this.startMs + FAULTS_LAST_MS) return false;
    if (nowMs > this.startMs + FAULTS_LAST_MS + QUIET_LASTS_MS) return true;
    if (this.open > 0 || !this.invariants.isSettled()) return false;
    if (this.isCounted) return true;
    this.countAll();
    return false;
  }

  /** All has left: the warehouse counts once more, as a real one does. What is on hand must be right after it, everywhere. */
  private countAll(): void {
    this.isCounted = true;
    this.invariants.checkBeforeLastCount();
    for (const sku of this.skus) for (const node of this.nodes) this.warehouse.count(sku, node);
  }
}

/** Of what happens outside the hub: it does not die. */
const WORLD_LIFE: Life = { alive: true };

/** As its reader names the columns. */
const HOLD_RULE = {
  id: 'large orders',
  name: 'large orders',
  kind: 'HIGH_VALUE',
  channel: null,
  totalMin: null,
  currency: null,
  country: null,
  sku: null,
  unitsMin: 6,
  reason: 'somebody looks at large orders',
  active: true,
};

function nodeRow(id: string, index: number): Record<string, unknown> {
  return {
    id,
    name: id,
    priority: index + 1,
    active: true,
    kind: 'DC',
    timeZone: 'UTC',
    workingDays: [1, 2, 3, 4, 5, 6, 7],
    shipsFromStore: false,
    clickAndCollect: false,
  };
}
