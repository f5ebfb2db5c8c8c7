import type { Life, Scheduler } from '../scheduler.js';
import type { MemoryDatabase, Transaction } from './database.js';
import { SqlError } from './sql-error.js';
import type { StatementBook } from './statement-book.js';

const IN_FAILED_TRANSACTION = '25P02';
const CONNECTION_LOST = '08006';
const LATENCY_MS_MAX = 4;
const SLOW_MS_MAX = 400;
/** Commits are slow so many times as often as statements. */
const SLOW_COMMITS = 15;

type Query = string | { readonly name?: string; readonly text: string; readonly values?: readonly unknown[] };

export interface QueryResult {
  readonly rows: readonly unknown[];
  readonly rowCount: number;
}

export interface PoolFaults {
  /** The chance that a statement takes long. */
  readonly slow: number;
  /** The chance that the connection is lost at a statement: before it, or after it was done. */
  readonly lost: number;
}

export interface PoolParts {
  readonly database: MemoryDatabase;
  readonly scheduler: Scheduler;
  readonly book: StatementBook;
  readonly life: Life;
  readonly faults: () => PoolFaults;
  readonly count: (fault: string) => void;
  /** Whether the process dies now, before the statement. */
  readonly dies: () => boolean;
  readonly connectionsMax: number;
}

/**
 * As much of the PostgreSQL client as the hub uses, over tables in memory. Statements of one connection run one after the
 * other; each takes its time, so that others come between; what a dead process sent is not run any more.
 */
export class MemoryPool {
  private free: number;
  private readonly waiting: (() => void)[] = [];
  private readonly clients = new Set<MemoryClient>();

  constructor(readonly parts: PoolParts) {
    this.free = parts.connectionsMax;
  }

  async connect(): Promise<MemoryClient> {
    if (this.free === 0) await new Promise<void>((granted) => this.waiting.push(granted));
    else this.free -= 1;
    const client = new MemoryClient(this);
    this.clients.add(client);
    return client;
  }

  async query(query: Query, values?: readonly unknown[]): Promise<QueryResult> {
    const client = await this.connect();
    try {
      return await client.query(query, values);
    } finally {
      client.release();
    }
  }

  /** The process died: the server ends what its connections had begun. */
  kill(): void {
    for (const client of this.clients) client.abandon();
    this.clients.clear();
  }

  give(client: MemoryClient): void {
    this.clients.delete(client);
    const next = this.waiting.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}

interface Sent {
  readonly query: Query;
  readonly values: readonly unknown[];
  readonly resolve: (result: QueryResult) => void;
  readonly reject: (error: Error) => void;
}

export class MemoryClient {
  private transaction: Transaction | undefined;
  private failed = false;
  private broken = false;
  private readonly sent: Sent[] = [];
  private running = false;

  constructor(private readonly pool: MemoryPool) {}

  on(): this {
    return this;
  }

  off(): this {
    return this;
  }

  query(query: Query, values?: readonly unknown[]): Promise<QueryResult> {
    const given = values ?? (typeof query === 'string' ? [] : (query.values ?? []));
    return new Promise((resolve, reject) => {
      this.sent.push({ query, values: given, resolve, reject });
      if (!this.running) void this.work();
    });
  }

  release(): void {
    this.transaction?.rollback();
    this.transaction = undefined;
    this.pool.give(this);
  }

  /** Nobody reads answers any more. */
  abandon(): void {
    this.broken = true;
    this.sent.length = 0;
    this.transaction?.rollback();
    this.transaction = undefined;
  }

  private async work(): Promise<void> {
    this.running = true;
    const { scheduler, life } = this.pool.parts;
    while (this.sent.length > 0) {
      const isCommit = this.sent[0]?.query === 'commit';
      await scheduler.sleep(this.latencyMs(isCommit));
      // What was sent together is run together.
      for (const one of this.sent.splice(0)) {
        if (!life.alive) return;
        await this.answer(one);
      }
    }
    this.running = false;
  }

  private async answer({ query, values, resolve, reject }: Sent): Promise<void> {
    const { scheduler, life, faults, count } = this.pool.parts;
    try {
      if (this.broken) throw new SqlError(CONNECTION_LOST, 'the connection is closed');
      if (this.pool.parts.dies()) return;
      const isLost = scheduler.random.chance(faults().lost);
      if (isLost && scheduler.random.chance(0.5)) this.lose();
      const result = await this.run(query, values);
      if (!life.alive) return;
      if (isLost) this.lose();
      // A commit is done before anybody hears of it: the process may die in between.
      if (this.transaction === undefined) {
        if (this.pool.parts.dies()) return;
        await scheduler.sleep(this.latencyMs(false));
      }
      resolve(result);
    } catch (error) {
      if (!life.alive) return;
      if (error instanceof SqlError && error.code === CONNECTION_LOST) count('database connection lost');
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private lose(): never {
    this.broken = true;
    this.transaction?.rollback();
    this.transaction = undefined;
    throw new SqlError(CONNECTION_LOST, 'the connection was lost');
  }

  private async run(query: Query, values: readonly unknown[]): Promise<QueryResult> {
    const text = typeof query === 'string' ? query : query.text;
    switch (text) {
      case 'begin':
        this.transaction = this.pool.parts.database.begin();
        this.failed = false;
        return NOTHING;
      case 'commit':
        if (this.failed) this.transaction?.rollback();
        else this.transaction?.commit();
        this.transaction = undefined;
        return NOTHING;
      case 'rollback':
        this.transaction?.rollback();
        this.transaction = undefined;
        return NOTHING;
      default:
        return this.runStatement(query, values);
    }
  }

  private async runStatement(query: Query, values: readonly unknown[]): Promise<QueryResult> {
    if (this.transaction === undefined) return this.runAlone(query, values);
    if (this.failed) throw new SqlError(IN_FAILED_TRANSACTION, 'current transaction is aborted');
    try {
      return toResult(await this.pool.parts.book.run(query, this.transaction, values));
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  private async runAlone(query: Query, values: readonly unknown[]): Promise<QueryResult> {
    const transaction = this.pool.parts.database.begin();
    try {
      const result = toResult(await this.pool.parts.book.run(query, transaction, values));
      transaction.commit();
      return result;
    } catch (error) {
      transaction.rollback();
      throw error;
    }
  }

  /** A slow commit lets others commit in between: transactions end in another order than they began. */
  private latencyMs(isCommit: boolean): number {
    const { scheduler, faults, count } = this.pool.parts;
    const slow = isCommit ? SLOW_COMMITS * faults().slow : faults().slow;
    if (!scheduler.random.chance(slow)) return scheduler.random.int(0, LATENCY_MS_MAX);
    count('database slow');
    return scheduler.random.int(0, SLOW_MS_MAX);
  }
}

const NOTHING: QueryResult = { rows: [], rowCount: 0 };

function toResult(result: readonly unknown[] | number): QueryResult {
  return typeof result === 'number' ? { rows: [], rowCount: result } : { rows: result, rowCount: result.length };
}
