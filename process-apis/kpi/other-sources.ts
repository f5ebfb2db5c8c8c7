import type { PoolClient } from 'pg';
import { SqlCursorStore } from '../../src/platform/db/sql-cursor-store.js';
import { readSettledTellings, type SettledTelling } from '../publishing/index.js';
import { readFiguresOfDay, readFirstDriftDay, type DayFigures } from '../reconciliation/index.js';
import { dayOf, msBetween, NO_FIGURES, type Figure, type Mark } from './figures.js';

const TELLINGS_CURSOR = 'kpi/tellings';
const DRIFT_CURSOR = 'kpi/drift';
const TELLINGS_PAGE = 5_000;
/** Twice the time that a transaction of the hub may take. */
const TELLINGS_SETTLED_MS = 120_000;
/** Nodes and channels that were compared on one day. */
const SUBJECTS_MAX = 5_000;
const DAY_MS = 86_400_000;

/** What a source other than the log tells. */
export interface OtherFigures {
  /** Records that were not counted yet. */
  readonly marks: readonly Mark[];
  /** Figures counted anew as a whole. */
  readonly replaced: readonly Figure[];
  /** Remembers, in the same transaction, that they are counted. */
  readonly done: (tx: PoolClient) => Promise<void>;
  /** There is more. */
  readonly more: boolean;
}

/** What channels were told since the last look. */
export async function figuresOfTellings(tx: PoolClient, settledMs = TELLINGS_SETTLED_MS): Promise<OtherFigures> {
  const cursors = new SqlCursorStore(tx);
  const after = (await cursors.get(TELLINGS_CURSOR)) ?? '0';
  const told = await readSettledTellings(tx, after, settledMs, TELLINGS_PAGE);
  const last = told.at(-1);
  return {
    marks: told.flatMap(tellingMarks),
    replaced: [],
    done: async (same) => {
      if (last !== undefined) await new SqlCursorStore(same).set(TELLINGS_CURSOR, last.id);
    },
    more: told.length === TELLINGS_PAGE,
  };
}

/** Pure. What is pending counts when it is accepted. */
export function tellingMarks({ channel, outcome, toldAt, wantedSince }: SettledTelling): readonly Mark[] {
  const of = { day: dayOf(toldAt), channel };
  if (outcome === 'REFUSED' || outcome === 'FAILED')
    return [{ kpi: 'FAILED_ACKNOWLEDGEMENTS', ...of, stage: 'QUANTITY' }];
  if (outcome !== 'ACCEPTED' || wantedSince === null) return [];
  return [{ kpi: 'INVENTORY_UPDATE_DELAY', ...of, ms: msBetween(wantedSince, toldAt) }];
}

/**
 * The comparisons of a day, from the first one on; today's and yesterday's again and again, since one that began yesterday
 * may end today.
 */
export async function figuresOfDrift(tx: PoolClient, today = dayOf(new Date().toISOString())): Promise<OtherFigures> {
  const stored = await new SqlCursorStore(tx).get(DRIFT_CURSOR);
  const day = stored ?? (await readFirstDriftDay(tx));
  if (day === undefined) return { marks: [], replaced: [], done: () => Promise.resolve(), more: false };
  const found = await readFiguresOfDay(tx, day, SUBJECTS_MAX);
  const yesterday = dayBefore(today);
  const next = day >= today ? yesterday : dayAfter(day);
  return {
    marks: [],
    replaced: found.flatMap(driftFigures),
    done: (same) => new SqlCursorStore(same).set(DRIFT_CURSOR, next),
    more: day < today,
  };
}

/** Pure. */
export function driftFigures(found: DayFigures): readonly Figure[] {
  const { system, subject, day, runs, compared, equal, unitsCompared, unitsOff } = found;
  const place = system === 'CHANNEL' ? { channel: subject, node: '' } : { channel: '', node: subject };
  const of = { ...NO_FIGURES, day, ...place, stage: system, count: runs };
  return [
    { ...of, kpi: 'INVENTORY_ACCURACY', numerator: equal, denominator: compared },
    { ...of, kpi: 'INVENTORY_DRIFT', numerator: unitsOff, denominator: unitsCompared },
  ];
}

function dayBefore(day: string): string {
  return dayOf(new Date(Date.parse(day) - DAY_MS).toISOString());
}

function dayAfter(day: string): string {
  return dayOf(new Date(Date.parse(day) + DAY_MS).toISOString());
}
