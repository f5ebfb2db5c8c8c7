import { isDeepStrictEqual } from 'node:util';
import type { Pool, PoolClient } from 'pg';
import { sentTogether } from '../../src/platform/commit/index.js';
import { asConsumer, consumeLog, readStreams, type LoggedEvent } from '../../src/platform/event-log/index.js';
import { endedExceptions, exceptionMarks } from './exception-marks.js';
import { added, keyText, sumMarks, type Figure, type Mark } from './figures.js';
import { pruneFigures, readFigures, readRevision, writeFigures, writeRevision } from './figures.sql.js';
import { flowDeltas, rateDeltas } from './flow-counts.js';
import { pruneRates, writeFlow, writeRates } from './flow.sql.js';
import { advance, needsState } from './order-progress.js';
import { figuresOfDrift, figuresOfTellings, type OtherFigures } from './other-sources.js';
import { readProgress, writeProgress } from './progress.sql.js';
import type { Move, Progress } from './progress.types.js';

/** Its cursor in the log, and the lock under which alone figures are written. */
export const KPI_CONSUMER = 'kpi';
const ORDER_STREAM = 'order';
/** Events in one transaction. */
const PAGE = 1_000;
/** Events of one order that are read again at most. */
const HISTORY_MAX = 10_000;
const HOUR_MS = 3_600_000;
const RATES_KEPT_MS = 2 * HOUR_MS;
/** Figures are kept for this many days. */
export const FIGURES_KEPT_DAYS = 800;
const PRUNE_PAGE = 5_000;

export interface ProjectionParts {
  readonly pool: Pool;
  /** Hears of orders whose events do not follow from each other: they are left out. */
  readonly onFailure: (sentence: string) => void;
  /** Events in one transaction; PAGE when absent. */
  readonly pageMax?: number;
}

interface OrderChange {
  readonly before: Progress | undefined;
  readonly after: Progress;
}

interface Folded {
  readonly changes: readonly OrderChange[];
  readonly marks: readonly Mark[];
  readonly moves: readonly Move[];
}

/**
 * Keeps where each order is, and the figures of each day, as the event log says. What it writes and its cursor are one
 * transaction, one process at a time: each event counts once, whatever ends in between. All of it can be made anew:
 * docs/kpis.md says how.
 */
export class KpiProjection {
  constructor(private readonly parts: ProjectionParts) {}

  /** Takes the next events of the log. Gives true when there are more. */
  sweep(): Promise<boolean> {
    const { pool, pageMax = PAGE } = this.parts;
    return consumeLog(pool, KPI_CONSUMER, pageMax, (tx, events) => this.take(tx, events));
  }

  /** Counts quantities that channels were told since. Gives true when there are more. `settledMs`: how old they must be. */
  sweepTellings(settledMs?: number): Promise<boolean> {
    return this.alone((tx) => figuresOfTellings(tx, settledMs));
  }

  /** Counts the comparisons of the last days anew. Gives true when there are more days. */
  sweepDrift(): Promise<boolean> {
    return this.alone((tx) => figuresOfDrift(tx));
  }

  /** Deletes what nobody asks for any more. Gives true when there is more. */
  async sweepHistory(): Promise<boolean> {
    const { pool } = this.parts;
    const rates = await pruneRates(pool, RATES_KEPT_MS, PRUNE_PAGE);
    const figures = await pruneFigures(pool, FIGURES_KEPT_DAYS, PRUNE_PAGE);
    return rates === PRUNE_PAGE || figures === PRUNE_PAGE;
  }

  /** Everything is read before the first write: readers of the log wait behind a transaction that writes. */
  private async take(tx: PoolClient, events: readonly LoggedEvent[]): Promise<void> {
    const { changes, marks, moves } = await this.foldOrders(
      tx,
      events.filter(({ streamType }) => streamType === ORDER_STREAM),
    );
    const ended = endedExceptions(events);
    const raised = ended.length === 0 ? [] : await readStreams(tx, ended, 1);
    const raisedAt = new Map(raised.map(({ streamId, recordedAt }) => [streamId, recordedAt]));
    const merged = await merge(tx, sumMarks([...marks, ...exceptionMarks(events, raisedAt)]));
    const revision = await lastRevision(tx);
    if (merged.length + changes.length === 0) return;
    await sentTogether([
      writeProgress(
        tx,
        changes.map(({ after }) => after),
      ),
      writeFlow(tx, flowDeltas(changes)),
      writeRates(tx, rateDeltas(moves, Date.now() - HOUR_MS)),
      writeFigures(tx, merged, revision),
      // Also where no figure changed: where orders are did.
      writeRevision(tx, revision + Math.max(1, merged.length)),
    ]);
  }

  private async foldOrders(tx: PoolClient, events: readonly LoggedEvent[]): Promise<Folded> {
    const streams = Map.groupBy(events, ({ streamId }) => streamId);
    const stored = await readProgress(tx, [...streams.keys()]);
    const folded: (Folded | undefined)[] = [];
    const again: string[] = [];
    for (const [orderId, ofOrder] of streams) {
      const before = stored.get(orderId);
      const inOrder = ofOrder.toSorted((a, b) => a.streamVersion - b.streamVersion);
      if (follows(before, inOrder)) folded.push(this.fold(before, before, inOrder));
      else again.push(orderId);
    }
    const histories = again.length === 0 ? [] : await readStreams(tx, again, HISTORY_MAX);
    for (const [orderId, history] of Map.groupBy(histories, ({ streamId }) => streamId)) {
      const upTo = Math.max(...(streams.get(orderId) ?? []).map(({ streamVersion }) => streamVersion));
      const known = history.filter(({ streamVersion }) => streamVersion <= upTo);
      folded.push(this.fold(stored.get(orderId), undefined, known));
    }
    const done = folded.filter((one) => one !== undefined);
    return {
      changes: done.flatMap(({ changes }) => changes),
      marks: done.flatMap(({ marks }) => marks),
      moves: done.flatMap(({ moves }) => moves),
    };
  }

  /** The events, oldest first, on top of `from`. Those that are in what is stored count for nothing. */
  private fold(
    stored: Progress | undefined,
    from: Progress | undefined,
    events: readonly LoggedEvent[],
  ): Folded | undefined {
    const marks: Mark[] = [];
    const moves: Move[] = [];
    let progress = from;
    for (const event of events) {
      if (event.streamVersion <= (progress?.version ?? 0)) continue;
      try {
        const advanced = advance(progress, event);
        progress = advanced.progress;
        if (event.streamVersion <= (stored?.version ?? 0)) continue;
        marks.push(...advanced.marks);
        moves.push(...advanced.moves);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.parts.onFailure(`order ${event.streamId} is left out of the figures: ${why}`);
        return undefined;
      }
    }
    if (progress === undefined || progress.version <= (stored?.version ?? 0)) return undefined;
    return { changes: [{ before: stored, after: progress }], marks, moves };
  }

  /** As the one writer of figures: sums or replaces what a source that is not the log tells. */
  private async alone(read: (tx: PoolClient) => Promise<OtherFigures>): Promise<boolean> {
    const more = await asConsumer(this.parts.pool, KPI_CONSUMER, async (tx) => {
      const { marks, replaced, done, more: left } = await read(tx);
      const stored = new Map((await readFigures(tx, replaced)).map((figure) => [keyText(figure), figure]));
      const changed = replaced.filter((figure) => !isDeepStrictEqual(stored.get(keyText(figure)), figure));
      const figures = [...(await merge(tx, sumMarks(marks))), ...changed];
      const revision = await lastRevision(tx);
      await done(tx);
      if (figures.length > 0)
        await sentTogether([writeFigures(tx, figures, revision), writeRevision(tx, revision + figures.length)]);
      return left;
    });
    return more ?? false;
  }
}

/**
 * The events, oldest first, can be folded into what is stored. They may stand in the log in another order than they happened,
 * where their writers waited for each other: then those before are read again.
 */
function follows(stored: Progress | undefined, events: readonly LoggedEvent[]): boolean {
  let version = stored?.version ?? 0;
  for (const event of events) {
    if (event.streamVersion <= version) continue;
    if (event.streamVersion !== version + 1 || needsState(stored, event)) return false;
    version = event.streamVersion;
  }
  return true;
}

async function lastRevision(tx: PoolClient): Promise<number> {
  return Number((await readRevision(tx)).id);
}

/** What is stored, and these figures besides. */
async function merge(tx: PoolClient, figures: readonly Figure[]): Promise<readonly Figure[]> {
  const stored = new Map((await readFigures(tx, figures)).map((figure) => [keyText(figure), figure]));
  return figures.map((figure) => {
    const before = stored.get(keyText(figure));
    return before === undefined ? figure : { ...figure, ...added(before, figure) };
  });
}
