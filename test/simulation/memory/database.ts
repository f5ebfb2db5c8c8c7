import { LockTable } from './lock-table.js';
import { SqlError } from './sql-error.js';

export type Row = Readonly<Record<string, unknown>>;

export interface TableRules {
  /** The primary key of a row, as text. */
  readonly key: (row: Row) => string;
  /** Other unique constraints, by name; a row without a value there is not held by it. */
  readonly unique?: Readonly<Record<string, (row: Row) => string | undefined>>;
  /** What is wrong with a row; the table's check constraints. */
  readonly check?: (row: Row) => string | undefined;
}

interface Table extends TableRules {
  readonly rows: Map<string, Row>;
  /** By constraint: the primary key of who holds a value. */
  readonly holders: Map<string, Map<string, string>>;
}

/** What a committed transaction left behind, by table. Undefined is a deleted row. */
export type Changes = ReadonlyMap<string, ReadonlyMap<string, Row | undefined>>;

const UNIQUE_VIOLATION = '23505';
const CHECK_VIOLATION = '23514';
const CONNECTION_LOST = '08006';
const TRANSACTION_IDS_FROM = 1_000;

/** Tables with transactions as a server at READ COMMITTED has them: row locks that wait, constraints, rollback. */
export class MemoryDatabase {
  readonly locks: LockTable;
  private readonly tables = new Map<string, Table>();
  private readonly running = new Set<Transaction>();
  private nextXid = TRANSACTION_IDS_FROM;
  private readonly sequences = new Map<string, number>();

  constructor(
    rules: Readonly<Record<string, TableRules>>,
    readonly nowMs: () => number,
    wake: (run: () => void) => void,
    /** Hears of each commit that changed something. */
    private readonly committed: (changes: Changes) => void,
  ) {
    this.locks = new LockTable(wake);
    for (const [name, ofTable] of Object.entries(rules)) {
      const holders = new Map(
        Object.keys(ofTable.unique ?? {}).map((constraint) => [constraint, new Map<string, string>()] as const),
      );
      this.tables.set(name, { ...ofTable, rows: new Map<string, Row>(), holders });
    }
  }

  begin(): Transaction {
    const transaction = new Transaction(this);
    this.running.add(transaction);
    return transaction;
  }

  table(name: string): Table {
    const table = this.tables.get(name);
    if (table === undefined) throw new Error(`the simulation has no table "${name}"`);
    return table;
  }

  /** Committed rows. */
  rows(name: string): Iterable<Row> {
    return this.table(name).rows.values();
  }

  newXid(): number {
    this.nextXid += 1;
    return this.nextXid;
  }

  nextOf(sequence: string): number {
    const next = (this.sequences.get(sequence) ?? 0) + 1;
    this.sequences.set(sequence, next);
    return next;
  }

  /** The oldest transaction that may still commit: what older ones wrote is settled. */
  get xmin(): number {
    let oldest = this.nextXid + 1;
    for (const { xid } of this.running) if (xid !== undefined && xid < oldest) oldest = xid;
    return oldest;
  }

  get isIdle(): boolean {
    return this.running.size === 0;
  }

  commit(transaction: Transaction): void {
    for (const [name, rows] of transaction.changes) this.take(this.table(name), rows);
    this.end(transaction);
    if (transaction.changes.size > 0) this.committed(transaction.changes);
  }

  end(transaction: Transaction): void {
    transaction.hasEnded = true;
    this.running.delete(transaction);
    this.locks.releaseAll(transaction);
  }

  private take(table: Table, rows: ReadonlyMap<string, Row | undefined>): void {
    for (const [key, row] of rows) {
      const before = table.rows.get(key);
      for (const [constraint, valueOf] of Object.entries(table.unique ?? {})) {
        const held = before === undefined ? undefined : valueOf(before);
        if (held !== undefined) table.holders.get(constraint)?.delete(held);
        const wanted = row === undefined ? undefined : valueOf(row);
        if (wanted !== undefined) table.holders.get(constraint)?.set(wanted, key);
      }
      if (row === undefined) table.rows.delete(key);
      else table.rows.set(key, row);
    }
  }
}

/** One transaction: sees what is committed, and its own. */
export class Transaction {
  readonly changes = new Map<string, Map<string, Row | undefined>>();
  readonly startedMs: number;
  /** Given with the first write. */
  xid: number | undefined;
  hasEnded = false;

  constructor(private readonly database: MemoryDatabase) {
    this.startedMs = database.nowMs();
  }

  get now(): string {
    return new Date(this.startedMs).toISOString();
  }

  get(name: string, key: string): Row | undefined {
    const own = this.changes.get(name);
    if (own?.has(key) === true) return own.get(key);
    return this.database.table(name).rows.get(key);
  }

  /** All visible rows, those of the table first, in the order in which they came. */
  all(name: string): readonly Row[] {
    const own = this.changes.get(name);
    const { rows } = this.database.table(name);
    if (own === undefined) return [...rows.values()];
    const seen: Row[] = [];
    for (const [key, row] of rows) {
      const visible = own.has(key) ? own.get(key) : row;
      if (visible !== undefined) seen.push(visible);
    }
    for (const [key, row] of own) if (row !== undefined && !rows.has(key)) seen.push(row);
    return seen;
  }

  /** By a unique constraint. */
  find(name: string, constraint: string, value: string): Row | undefined {
    const table = this.database.table(name);
    const valueOf = table.unique?.[constraint];
    if (valueOf === undefined) throw new Error(`the simulation's ${name} has no constraint "${constraint}"`);
    for (const row of this.changes.get(name)?.values() ?? [])
      if (row !== undefined && valueOf(row) === value) return row;
    const key = table.holders.get(constraint)?.get(value);
    const row = key === undefined ? undefined : this.get(name, key);
    return row !== undefined && valueOf(row) === value ? row : undefined;
  }

  /** Waits until nobody else has the row. What is read after it is how the row stands then. */
  async lock(name: string, key: string): Promise<void> {
    if (this.hasEnded) throw new SqlError(CONNECTION_LOST, 'the transaction has ended');
    await this.database.locks.acquire(this, `${name}/${key}`);
  }

  /** Takes a lock that the server calls advisory, if nobody has it. */
  tryLock(name: string): boolean {
    return this.database.locks.tryAcquire(this, `advisory/${name}`);
  }

  isLocked(name: string, key: string): boolean {
    return this.database.locks.isHeldByOther(this, `${name}/${key}`);
  }

  /** A new row. Waits for others who write the same key, and fails when they were first. */
  async insert(name: string, row: Row): Promise<void> {
    if (!(await this.insertIfNew(name, row))) {
      const key = this.database.table(name).key(row);
      throw new SqlError(UNIQUE_VIOLATION, `duplicate key in ${name}: ${key}`);
    }
  }

  /** False when the key, or a unique value, is taken. */
  async insertIfNew(name: string, row: Row): Promise<boolean> {
    const table = this.database.table(name);
    const key = table.key(row);
    await this.lock(name, key);
    if (this.get(name, key) !== undefined) return false;
    for (const [constraint, valueOf] of Object.entries(table.unique ?? {})) {
      const value = valueOf(row);
      if (value === undefined) continue;
      await this.lock(`${name}#${constraint}`, value);
      if (this.find(name, constraint, value) !== undefined) return false;
    }
    this.put(name, row);
    return true;
  }

  /** Changes a row that is there, under its lock. */
  async update(name: string, key: string, change: (row: Row) => Row): Promise<boolean> {
    if (this.get(name, key) === undefined) return false;
    await this.lock(name, key);
    const row = this.get(name, key);
    if (row === undefined) return false;
    this.put(name, change(row));
    return true;
  }

  async remove(name: string, key: string): Promise<void> {
    await this.lock(name, key);
    if (this.get(name, key) === undefined) return;
    this.xid ??= this.database.newXid();
    const own = this.changes.get(name) ?? new Map<string, Row | undefined>();
    own.set(key, undefined);
    this.changes.set(name, own);
  }

  nextOf(sequence: string): number {
    return this.database.nextOf(sequence);
  }

  get xmin(): number {
    return this.database.xmin;
  }

  get writingXid(): number {
    this.xid ??= this.database.newXid();
    return this.xid;
  }

  commit(): void {
    this.database.commit(this);
  }

  rollback(): void {
    this.database.end(this);
  }

  private put(name: string, row: Row): void {
    const table = this.database.table(name);
    const wrong = table.check?.(row);
    if (wrong !== undefined) throw new SqlError(CHECK_VIOLATION, `${name} ${table.key(row)}: ${wrong}`);
    this.xid ??= this.database.newXid();
    const own = this.changes.get(name) ?? new Map<string, Row | undefined>();
    own.set(table.key(row), row);
    this.changes.set(name, own);
  }
}
