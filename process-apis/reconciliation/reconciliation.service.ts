import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { ErpPort } from '../../system-apis/erp/erp.port.js';
import type { WmsPort } from '../../system-apis/wms/wms.port.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { FEEDS_PAGE_MAX, type StockFeeds, type StockIntake } from '../availability/index.js';
import type { SqlCatalog } from '../catalog/index.js';
import type { Publishing } from '../publishing/index.js';
import { compareChannel } from './channel-comparison.js';
import type { Comparison, EarlierDrift } from './comparison.js';
import { DriftJob } from './drift-job.js';
import { keepOutcome } from './drift-outcome.js';
import type { DriftPolicy } from './drift-policy.js';
import {
  endDeadRuns,
  findLastRun,
  findRunsUnderWay,
  finishRun,
  insertRun,
  lockSystem,
  pruneRuns,
  readDriftsOf,
  readLastLooks,
} from './drift-run.sql.js';
import { dueSubjects } from './drift-schedule.js';
import type { DriftRun, DriftSubject, DriftTrigger, ShownQuantities } from './drift.types.js';
import { compareErp } from './erp-comparison.js';
import { compareNode } from './node-comparison.js';

/** Runs are kept this long, as the history of the inventory's accuracy. */
export const RUNS_KEPT_DAYS = 400;
/** Runs deleted in one sweep. */
const PRUNE_PAGE = 1_000;
/** Numbers that come late close a gap by themselves within this time. */
const GAP_GRACE_MS = 10_000;
/** A snapshot that was asked for and could not be taken is asked for again after this long. */
const GAP_RETRY_MS = 5 * 60_000;
/** Runs of one process at the same time that people asked for. */
export const DEMANDED_RUNS_MAX = 4;
const SETTLE_MS = 3_000;
/** A process that just started has more urgent things to do. */
const FIRST_LOOK_MS = 5 * 60_000;

/** Nodes that a warehouse system works; stores and drop-shippers tell their stock themselves, or nobody. */
const WAREHOUSES: ReadonlySet<string> = new Set(['DC', 'THIRD_PARTY']);

export interface ReconciliationParts {
  readonly pool: Pool;
  readonly wms: Pick<WmsPort, 'system' | 'readStock'>;
  readonly erp: Pick<ErpPort, 'system' | 'readStock'>;
  readonly catalog: SqlCatalog;
  readonly stock: StockIntake;
  readonly feeds: StockFeeds;
  readonly publishing: Pick<Publishing, 'tellAgain'>;
  readonly policy: DriftPolicy;
  /** Called after a commit of DriftExceeded events. */
  readonly committed: () => void;
  /** Hears of each run that failed. It is tried again. */
  readonly onFailure: (sentence: string) => void;
  /** How long a difference is given to pass by itself within a run, in milliseconds. */
  readonly settleMs?: number;
  /** How long a gap is given to be closed by numbers that come late, in milliseconds. */
  readonly gapGraceMs?: number;
  /** How long after the start nothing is compared by schedule, in milliseconds. */
  readonly firstLookMs?: number;
}

/** There is no such node or channel, or it cannot be read. */
export class UnknownSubjectError extends Error {
  readonly code = 'UNKNOWN_SUBJECT';
}

/** The process has as many runs under way as it may. */
export class TooManyRunsError extends Error {
  readonly code = 'TOO_MANY_RUNS';
}

/**
 * Compares the hub's stock with the warehouses' and the ERP's, and what channels show with what they were told: on a
 * schedule, on demand, and where a source's numbers have a gap. Explains each difference, heals it by policy, and keeps
 * what was found.
 */
export class Reconciliation {
  private readonly stopped = new AbortController();
  private readonly startedMs = Date.now();
  private readonly underWay = new Set<Promise<void>>();
  private shown: ShownQuantities | undefined;

  constructor(private readonly parts: ReconciliationParts) {}

  register(shown: ShownQuantities): void {
    this.shown = shown;
  }

  /**
   * Compares now, in the background. A run of the subject that is under way already is the answer. With `takeSnapshot` the
   * warehouse's whole snapshot of the node is taken as counts, however much it differs, by that run or by one that follows.
   */
  async demand(subject: DriftSubject, takeSnapshot = false): Promise<DriftRun> {
    const known = await this.subjects();
    if (!known.some((one) => one.system === subject.system && one.subject === subject.subject))
      throw new UnknownSubjectError(
        subject.system === 'CHANNEL'
          ? `"${subject.subject}" is no active channel account whose quantities can be read.`
          : `There is no active node "${subject.subject}".`,
      );
    if (this.underWay.size >= DEMANDED_RUNS_MAX)
      throw new TooManyRunsError(`${DEMANDED_RUNS_MAX} runs are under way: ask again when one has ended.`);
    if (takeSnapshot) await this.parts.feeds.snapshotWanted({ source: this.parts.wms.system, node: subject.subject });
    const { run, mine } = await this.begin(subject, 'DEMAND');
    if (mine) {
      const done = this.perform(run).finally(() => this.underWay.delete(done));
      this.underWay.add(done);
    }
    return run;
  }

  /** Compares the subject whose time has come longest ago. Gives true when more may be due. */
  async sweepDue(): Promise<boolean> {
    if (Date.now() - this.startedMs < (this.parts.firstLookMs ?? FIRST_LOOK_MS)) return false;
    const due = await this.due();
    const [subject] = due;
    if (subject === undefined) return false;
    const { run, mine } = await this.begin(subject, 'SCHEDULE');
    if (!mine) return false;
    await this.perform(run);
    return due.length > 1 && !this.stopped.signal.aborted;
  }

  /** Asks for the snapshots that only close the gaps in what the warehouse told, and takes them. */
  async sweepGaps(): Promise<boolean> {
    const nowMs = Date.now();
    for (const feed of await this.parts.feeds.wantedSnapshots(FEEDS_PAGE_MAX)) {
      if (feed.source !== this.parts.wms.system || this.stopped.signal.aborted) continue;
      const sinceMs = nowMs - Date.parse(feed.snapshotWantedAt ?? feed.gapNoticedAt ?? '');
      const askedMs = feed.snapshotAskedAt === null ? Infinity : nowMs - Date.parse(feed.snapshotAskedAt);
      if (sinceMs < (this.parts.gapGraceMs ?? GAP_GRACE_MS) || askedMs < GAP_RETRY_MS) continue;
      const { run, mine } = await this.begin({ system: 'WMS', subject: feed.node }, 'GAP');
      if (mine) await this.perform(run);
    }
    return false;
  }

  /** Stock moved without the hub: each warehouse's snapshot is to be taken, whatever it told. Gives how many. */
  async wantSnapshots(): Promise<number> {
    const nodes = (await this.parts.catalog.nodes()).filter(({ active, kind }) => active && WAREHOUSES.has(kind));
    for (const { id } of nodes) await this.parts.feeds.snapshotWanted({ source: this.parts.wms.system, node: id });
    return nodes.length;
  }

  /** How many warehouses' snapshots are wanted and not taken yet. */
  async missingSnapshots(): Promise<number> {
    const wanted = await this.parts.feeds.wantedSnapshots(FEEDS_PAGE_MAX);
    return wanted.filter(({ source }) => source === this.parts.wms.system).length;
  }

  /** Deletes runs that are older than RUNS_KEPT_DAYS. Gives true when there are more. */
  async sweepHistory(): Promise<boolean> {
    return (await pruneRuns(this.parts.pool, RUNS_KEPT_DAYS, PRUNE_PAGE)) === PRUNE_PAGE;
  }

  /** When all runs that were demanded have ended. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** Starts nothing more; runs under way end as failed. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.settled();
  }

  private get settleMs(): number {
    return this.parts.settleMs ?? SETTLE_MS;
  }

  private async due(): Promise<readonly DriftSubject[]> {
    const subjects = await this.subjects(WAREHOUSES);
    const looks = await readLastLooks(this.parts.pool, subjects);
    return dueSubjects(subjects, looks, this.parts.policy, Date.now());
  }

  /** Everything that can be compared; of the nodes those of these kinds. */
  private async subjects(kinds?: ReadonlySet<string>): Promise<readonly DriftSubject[]> {
    const nodes = (await this.parts.catalog.nodes()).filter(
      ({ active, kind }) => active && (kinds === undefined || kinds.has(kind)),
    );
    const channels = (await this.shown?.channels()) ?? [];
    return [
      ...nodes.flatMap(({ id }): readonly DriftSubject[] => [
        { system: 'WMS', subject: id },
        { system: 'ERP', subject: id },
      ]),
      ...channels.map((subject): DriftSubject => ({ system: 'CHANNEL', subject })),
    ];
  }

  /** One run at a time for each subject, and one for each system that nobody asked for, in all processes. */
  private begin(subject: DriftSubject, trigger: DriftTrigger): Promise<{ run: DriftRun; mine: boolean }> {
    return inTransaction(this.parts.pool, async (tx) => {
      await lockSystem(tx, subject.system);
      await endDeadRuns(tx, subject.system);
      const underWay = await findRunsUnderWay(tx, subject.system);
      const same = underWay.find((run) => run.subject === subject.subject);
      const busy = same ?? (trigger === 'SCHEDULE' ? underWay[0] : undefined);
      if (busy !== undefined) return { run: busy, mine: false };
      return { run: await insertRun(tx, randomUUIDv7(), subject, trigger), mine: true };
    });
  }

  /** Never throws: a run that fails says why. */
  private async perform(run: DriftRun): Promise<void> {
    const { pool, committed, onFailure } = this.parts;
    try {
      const last = await findLastRun(pool, run);
      const earlier = await this.earlierDrifts(last);
      const job = new DriftJob(
        run,
        { ...this.parts, shown: this.shown, settleMs: this.settleMs },
        earlier,
        last?.startedAt ?? run.startedAt,
        this.stopped.signal,
      );
      if (await keepOutcome(pool, run, await compare(job), earlier)) committed();
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      onFailure(`comparing ${run.system} ${run.subject}: ${sentence}`);
      const figures = { compared: 0, equal: 0, unitsCompared: 0, unitsOff: 0, error: sentence };
      // Without a database the run ends when its lease does.
      await inTransaction(pool, (tx) => finishRun(tx, run.id, figures)).catch((lost: unknown) =>
        onFailure(`the run ${run.id} stays open: ${lost instanceof Error ? lost.message : String(lost)}`),
      );
    }
  }

  private async earlierDrifts(
    last: { readonly id: string; readonly ageMs: number } | undefined,
  ): Promise<ReadonlyMap<string, EarlierDrift>> {
    if (last === undefined) return new Map();
    const drifts = await readDriftsOf(this.parts.pool, last.id);
    return new Map(drifts.map((drift) => [drift.key, { ...drift, ageMs: last.ageMs }]));
  }
}

function compare(job: DriftJob): Promise<Comparison> {
  switch (job.run.system) {
    case 'WMS':
      return compareNode(job);
    case 'ERP':
      return compareErp(job);
    case 'CHANNEL':
      return compareChannel(job);
  }
}
