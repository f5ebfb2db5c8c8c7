import pLimit from 'p-limit';
import type { Pool } from 'pg';
import { isFinal, kindOf } from '../../src/platform/outside/outside-error.js';
import { TRACKERS_READ_MAX, type CarrierPort, type TrackingState } from '../../system-apis/carrier/carrier.port.js';
import type { Exceptions } from '../exceptions/index.js';
import { TRACKED_NOW, untrackedKey } from './carrier.tasks.js';
import type { PackageNews, PackageState } from './package-news.js';
import { endOldTracking, putOff, takeDue, type TrackedPackage } from './tracked-package.sql.js';

/** What another process took and did not finish, or the carrier could not answer now, is taken again after this. */
const AGAIN_MS = 5 * 60_000;
const CALLS_AT_ONCE = 5;
/** A parcel without an end after so long has none that a carrier tells. */
const GIVE_UP_DAYS = 60;
/** Carriers use numbers again: what is older says nothing of a parcel of today. */
const FORGET_DAYS = 120;
const FORGET_MAX = 1_000;

export interface CarrierFollowUpParts {
  readonly carrier: CarrierPort;
  readonly news: PackageNews;
  readonly exceptions: Pick<Exceptions, 'end'>;
  readonly pool: Pool;
}

interface ReadTrackers {
  readonly states: readonly TrackingState[];
  /** Of which nothing could be read. */
  readonly unread: ReadonlyMap<string, unknown>;
}

interface Seen {
  readonly seen: readonly PackageState[];
  /** Their tracker is not there any more. */
  readonly gone: readonly TrackedPackage[];
  readonly failed: readonly Failed[];
}

interface Failed {
  readonly tracked: TrackedPackage;
  readonly error: unknown;
}

/**
 * Asks about packages of which nothing was told for long, and for those that are not watched yet. Works on what is stored as due, so it is
 * right without a single message of the carrier. Any number of processes share the work.
 */
export class CarrierFollowUp {
  private readonly limit = pLimit(CALLS_AT_ONCE);

  constructor(private readonly parts: CarrierFollowUpParts) {}

  /** Gives true when there may be more to ask at once. Throws the first error after all were asked about. */
  async sweep(): Promise<boolean> {
    const { carrier, pool } = this.parts;
    const due = await takeDue(pool, carrier.system, TRACKERS_READ_MAX, AGAIN_MS);
    const { seen, gone, failed } = await this.lookAt(due.filter(({ trackerId }) => trackerId !== undefined));
    await this.parts.news.take(seen);
    const missing = [...due.filter(({ trackerId }) => trackerId === undefined), ...gone];
    const asked = await Promise.all(missing.map((tracked) => this.limit(() => this.watch(tracked))));
    const failures = [...failed, ...asked.flat()];
    // Somebody has to act first: asking in minutes would have the same answer, and there may be many.
    const refused = failures.filter(({ error }) => isFinal(kindOf(error)));
    await putOff(
      pool,
      refused.map(({ tracked }) => tracked.packageId),
      this.parts.news.lookAfterMs,
    );
    // Told at the end: a parcel that the carrier cannot tell of must not hold up the others.
    const [failure] = failures;
    if (failure !== undefined) throw failure.error;
    return due.length === TRACKERS_READ_MAX;
  }

  /** Gives true when there may be more that is old. */
  async sweepOld(): Promise<boolean> {
    return (await endOldTracking(this.parts.pool, GIVE_UP_DAYS, FORGET_DAYS, FORGET_MAX)) === FORGET_MAX;
  }

  private async lookAt(packages: readonly TrackedPackage[]): Promise<Seen> {
    const { states, unread } = await this.read([...new Set(packages.map(({ trackerId = '' }) => trackerId))]);
    const byTracker = new Map(states.map((state) => [state.trackerId, state]));
    const seen = packages.flatMap((tracked) => {
      const state = byTracker.get(tracked.trackerId ?? '');
      return state === undefined ? [] : [{ tracked, state }];
    });
    const gone = packages.filter(({ trackerId = '' }) => !byTracker.has(trackerId) && !unread.has(trackerId));
    const failed = packages.flatMap((tracked) => {
      const { trackerId = '' } = tracked;
      return unread.has(trackerId) ? [{ tracked, error: unread.get(trackerId) }] : [];
    });
    return { seen, gone, failed };
  }

  /** All at once; where one of them makes that useless, one by one. */
  private async read(trackerIds: readonly string[]): Promise<ReadTrackers> {
    if (trackerIds.length === 0) return { states: [], unread: new Map() };
    const { carrier } = this.parts;
    try {
      return { states: await carrier.read(trackerIds), unread: new Map() };
    } catch (error) {
      if (!isFinal(kindOf(error))) throw error;
    }
    const unread = new Map<string, unknown>();
    const read = async (id: string): Promise<readonly TrackingState[]> => {
      try {
        return await carrier.read([id]);
      } catch (error) {
        unread.set(id, error);
        return [];
      }
    };
    const states = await Promise.all(trackerIds.map((id) => this.limit(() => read(id))));
    return { states: states.flat(), unread };
  }

  /** Gives its failure, when it fails. */
  private async watch(tracked: TrackedPackage): Promise<readonly Failed[]> {
    const { packageId, carrier, trackingNumber } = tracked;
    try {
      const state = await this.parts.carrier.track({ packageId, carrier, trackingNumber, mayExist: true });
      await this.parts.news.take([{ tracked, state }]);
      await this.parts.exceptions.end([untrackedKey(packageId)], TRACKED_NOW);
      return [];
    } catch (error) {
      return [{ tracked, error }];
    }
  }
}
