import type { Instant } from '../../../src/model/time.js';

/** Where a source stands at a node. */
export interface StockFeed {
  readonly source: string;
  /** `*` counts what was refused because its node is not known. */
  readonly node: string;
  /** The highest sequence number that came; 0 where the source does not count. */
  readonly lastSequence: number;
  /** The first and last number that did not come, when some did not. */
  readonly gap: SequenceGap | null;
  readonly gapNoticedAt: Instant | null;
  /** Set while a snapshot is needed. */
  readonly snapshotWantedAt: Instant | null;
  readonly snapshotAskedAt: Instant | null;
  readonly snapshotTakenAt: Instant | null;
  /** How many facts were refused. */
  readonly refused: number;
  readonly lastRefusal: string | null;
  readonly lastRefusedAt: Instant | null;
}

export interface SequenceGap {
  readonly from: number;
  readonly to: number;
}

/** Where a feed stands after a number came, and the gap that this shows. Pure. */
export interface Advanced {
  readonly feed: StockFeed;
  readonly noticed?: SequenceGap;
}

/**
 * A number came. One that skips others opens a gap; one that comes late closes it from its ends. Several gaps are kept as
 * one, from the first number to the last: one that comes late in its middle is taken, and leaves the gap to the snapshot.
 */
export function advance(feed: StockFeed, sequence: number, now: Instant): Advanced {
  const { lastSequence, gap } = feed;
  if (sequence <= lastSequence) return { feed: gap === null ? feed : filled(feed, gap, sequence) };
  const moved = { ...feed, lastSequence: sequence };
  if (sequence === lastSequence + 1) return { feed: moved };
  const noticed = { from: lastSequence + 1, to: sequence - 1 };
  const wider = { from: gap?.from ?? noticed.from, to: noticed.to };
  return {
    feed: {
      ...moved,
      gap: wider,
      gapNoticedAt: feed.gapNoticedAt ?? now,
      snapshotWantedAt: feed.snapshotWantedAt ?? now,
    },
    noticed,
  };
}

/** A snapshot of the whole node was taken; with `sequence`, it contains all up to that number. */
export function withSnapshot(feed: StockFeed, asOf: Instant, sequence: number | undefined, now: Instant): StockFeed {
  const { gap, gapNoticedAt } = feed;
  const contains =
    sequence === undefined ? gapNoticedAt === null || asOf > gapNoticedAt : gap === null || sequence >= gap.to;
  const taken = { ...feed, snapshotTakenAt: now, lastSequence: Math.max(feed.lastSequence, sequence ?? 0) };
  return contains ? withoutGap(taken) : taken;
}

function filled(feed: StockFeed, gap: SequenceGap, sequence: number): StockFeed {
  const from = sequence === gap.from ? gap.from + 1 : gap.from;
  const to = sequence === gap.to ? gap.to - 1 : gap.to;
  return from > to ? withoutGap(feed) : { ...feed, gap: { from, to } };
}

function withoutGap(feed: StockFeed): StockFeed {
  return { ...feed, gap: null, gapNoticedAt: null, snapshotWantedAt: null, snapshotAskedAt: null };
}
