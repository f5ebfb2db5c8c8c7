import type { Pool } from 'pg';
import { encodeCursor } from '../../src/platform/event-log/index.js';
import type { TaskBacklog } from '../../src/platform/jobs/index.js';
import { readRevision } from './figures.sql.js';
import { flowOf, type Flow, type FlowReading } from './flow.js';
import { readPlaces, readRates } from './flow.sql.js';

/** All callers of a process share one reading for so long. */
const SHARED_MS = 500;
/** Backlogs are some seconds old anyway. */
const BACKLOG_SHARED_MS = 2_000;
/** Places (channel, stage and jam) in one picture. */
const PLACES_MAX = 10_000;

export interface FlowReaderParts {
  readonly pool: Pool;
  readonly backlog: () => Promise<readonly TaskBacklog[]>;
  /** The channel's name; its id where it has none. */
  readonly nameOf: (channel: string) => Promise<string>;
}

/** Where orders are now. One reading of the database serves all who ask within a moment, of whatever channel. */
export class FlowReader {
  private readonly reading: Shared<FlowReading>;
  private readonly backlog: Shared<readonly TaskBacklog[]>;

  constructor(private readonly parts: FlowReaderParts) {
    this.reading = new Shared(SHARED_MS, () => this.read());
    this.backlog = new Shared(BACKLOG_SHARED_MS, parts.backlog);
  }

  async now(channel?: string): Promise<Flow> {
    return flowOf(await this.reading.get(), channel);
  }

  private async read(): Promise<FlowReading> {
    const { pool, nameOf } = this.parts;
    // What is read after the revision is at least as new as it says: nothing is missed by going on behind it.
    const revision = await readRevision(pool);
    const [places, rates, tasks] = await Promise.all([
      readPlaces(pool, PLACES_MAX),
      readRates(pool),
      this.backlog.get(),
    ]);
    const channels = [...new Set(places.map(({ channel }) => channel))];
    const names = await Promise.all(channels.map(async (id) => [id, await nameOf(id)] as const));
    const asOf = new Date().toISOString();
    return { asOf, cursor: encodeCursor(revision), places, rates, tasks, names: new Map(names) };
  }
}

/** One reading at a time, shared by all who ask while it is made and for a moment after. A failed one serves nobody later. */
class Shared<T> {
  private current: { readonly value: Promise<T>; readonly madeAtMs: number } | undefined;

  constructor(
    private readonly sharedMs: number,
    private readonly make: () => Promise<T>,
  ) {}

  get(): Promise<T> {
    const now = performance.now();
    if (this.current !== undefined && now - this.current.madeAtMs < this.sharedMs) return this.current.value;
    const value = this.make();
    const made = { value, madeAtMs: now };
    this.current = made;
    value.catch(() => {
      if (this.current === made) this.current = undefined;
    });
    return value;
  }
}
