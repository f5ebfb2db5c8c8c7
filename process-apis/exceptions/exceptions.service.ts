import type { Pool, PoolClient } from 'pg';
import { EXCEPTION_CATEGORIES, type Problem } from '../../src/model/exception.js';
import { inRetriedTransaction, inTransaction } from '../../src/platform/commit/index.js';
import { appendEvents, readStreams, type LoggedEvent } from '../../src/platform/event-log/index.js';
import { exceptionEvent } from './exception-events.js';
import {
  countExceptions,
  readExceptionGroups,
  readExceptions,
  readExceptionsById,
  readExceptionsOfOrders,
  type ExceptionCount,
  type ExceptionFilter,
  type ExceptionGroup,
  type ExceptionPosition,
  type ExceptionSort,
} from './exception-reader.sql.js';
import { assignStanding, escalateOverdue, ignoreOpen } from './exception-steps.sql.js';
import { NO_SCOPE, type ExceptionEvent, type ExceptionRecord } from './exceptions.types.js';
import { cut, severer } from './problem-row.js';
import { writeProblems } from './write-problems.js';

export const EXCEPTIONS_PAGE_MAX = 100;
export const EXCEPTION_HISTORY_MAX = 100;
/** Exceptions that one step of a person may change. */
export const EXCEPTIONS_AT_ONCE_MAX = 1_000;
const ESCALATE_PAGE = 500;
const FIND_MAX = 1_001;

const ESCALATION = Object.entries(EXCEPTION_CATEGORIES).map(([category, { severity }]) => ({
  category,
  from: severity,
  to: severer(severity),
}));

type Happened =
  | { readonly type: 'ExceptionIgnored'; readonly by: string; readonly because: string }
  | { readonly type: 'ExceptionAssigned'; readonly by: string; readonly to: string | null };

/** The register of business problems: what stands, who owns it, by when. Knows nothing of how they are solved. */
export class Exceptions {
  constructor(
    private readonly pool: Pool,
    /** Called after each commit that changed something: wakes readers of the event log. */
    private readonly committed: () => void,
  ) {}

  /** Problems that are of no order, as they stand now. Each is seen by its channel's partner, if it has a channel. */
  async raise(problems: readonly Problem[]): Promise<void> {
    if (problems.length === 0) return;
    await this.change((tx) => this.raiseIn(tx, problems));
  }

  /** `raise` in the caller's transaction. */
  async raiseIn(tx: PoolClient, problems: readonly Problem[]): Promise<void> {
    const now = new Date().toISOString();
    await writeProblems(
      tx,
      problems.map((problem) => ({
        raised: [problem],
        ended: [],
        scope: problem.subject.channel ?? NO_SCOPE,
        now,
      })),
    );
  }

  /** Ends what stands under these keys; `because` is a sentence. */
  async end(keys: readonly string[], because: string, by?: string): Promise<void> {
    if (keys.length === 0) return;
    await this.change((tx) => this.endIn(tx, keys, because, by));
  }

  /** `end` in the caller's transaction. */
  async endIn(tx: PoolClient, keys: readonly string[], because: string, by?: string): Promise<void> {
    const ended = keys.map((key) => ({ key, because }));
    const now = new Date().toISOString();
    await writeProblems(tx, [{ raised: [], ended, scope: NO_SCOPE, now }], undefined, by);
  }

  /** Open ones alone; gives those that were. They stay ignored while the same problem stands. */
  async ignoreIn(tx: PoolClient, ids: readonly string[], by: string, reason: string): Promise<readonly string[]> {
    const because = cut(reason);
    const ignored = await ignoreOpen(tx, ids, by, because);
    await this.tell(tx, ignored, { type: 'ExceptionIgnored', by, because });
    return ignored.map(({ id }) => id);
  }

  /** Gives them to a person, or with null back to the role. Gives those that changed hands. */
  async assign(ids: readonly string[], to: string | null, by: string): Promise<readonly string[]> {
    return this.change(async (tx) => {
      const assigned = await assignStanding(tx, ids, to);
      await this.tell(tx, assigned, { type: 'ExceptionAssigned', by, to });
      return assigned.map(({ id }) => id);
    });
  }

  /** What is overdue becomes more severe, once. Gives true when there is more. */
  async sweepOverdue(): Promise<boolean> {
    const escalated = await inTransaction(this.pool, async (tx) => {
      const rows = await escalateOverdue(
        tx,
        ESCALATION.filter(({ from, to }) => from !== to),
        ESCALATE_PAGE,
      );
      await this.tell(tx, rows);
      return rows.length;
    });
    if (escalated > 0) this.committed();
    return escalated === ESCALATE_PAGE;
  }

  /** Behind `after`, up to `limit`; see EXCEPTION_SORTING for what `after` is made of. */
  list(
    filter: ExceptionFilter,
    sort: ExceptionSort,
    after: ExceptionPosition | undefined,
    limit: number,
  ): Promise<readonly ExceptionRecord[]> {
    return readExceptions(this.pool, filter, sort, after, limit);
  }

  groups(
    filter: ExceptionFilter,
    after: ExceptionPosition | undefined,
    limit: number,
  ): Promise<readonly ExceptionGroup[]> {
    return readExceptionGroups(this.pool, filter, after, limit);
  }

  /** The open ones of one cause, the oldest due first; one more than EXCEPTIONS_AT_ONCE_MAX tells that there are more. */
  openOfGroup(category: ExceptionGroup['category'], groupKey: string): Promise<readonly ExceptionRecord[]> {
    return readExceptions(this.pool, { categories: [category], groupKey }, 'DUE', undefined, FIND_MAX);
  }

  /** Unknown ids are absent. */
  async byIds(ids: readonly string[]): Promise<ReadonlyMap<string, ExceptionRecord>> {
    if (ids.length === 0) return new Map();
    return new Map((await readExceptionsById(this.pool, ids)).map((exception) => [exception.id, exception]));
  }

  /** Of each order the standing ones, then the ended ones, the newest first. */
  async ofOrders(
    orderIds: readonly string[],
    perOrder: number,
  ): Promise<ReadonlyMap<string, readonly ExceptionRecord[]>> {
    if (orderIds.length === 0) return new Map();
    return Map.groupBy(await readExceptionsOfOrders(this.pool, orderIds, perOrder), ({ orderId }) => orderId);
  }

  /** What happened to each exception, oldest first. */
  async histories(ids: readonly string[], limit: number): Promise<ReadonlyMap<string, readonly LoggedEvent[]>> {
    if (ids.length === 0) return new Map();
    return Map.groupBy(await readStreams(this.pool, ids, limit), ({ streamId }) => streamId);
  }

  counts(): Promise<readonly ExceptionCount[]> {
    return countExceptions(this.pool);
  }

  /** Without `happened`: how the exceptions stand now. */
  private async tell(tx: PoolClient, changed: readonly ExceptionRecord[], happened?: Happened): Promise<void> {
    const now = new Date().toISOString();
    await appendEvents(
      tx,
      changed.map((exception) => {
        const { key, category, owner, severity, sentence, dueAt } = exception;
        const of = { key, category, owner, severity };
        const event: ExceptionEvent =
          happened === undefined ? { type: 'ExceptionUpdated', ...of, sentence, dueAt } : { ...of, ...happened };
        return exceptionEvent(exception, event, now);
      }),
    );
  }

  private async change<T>(work: (tx: PoolClient) => Promise<T>): Promise<T> {
    const result = await inRetriedTransaction(this.pool, work);
    this.committed();
    return result;
  }
}
