import type { Pool } from 'pg';
import type { CarrierPort, TrackingState } from '../../system-apis/carrier/carrier.port.js';
import type { OrderCommit, OrderFact, SubmitOutcome } from '../orders/index.js';
import { noteLooked, type TrackedPackage } from './tracked-package.sql.js';

/** When to ask about a package of which nothing is told. */
export const LOOK_AFTER_MS = 6 * 3_600_000;

export interface PackageNewsParts {
  readonly carrier: CarrierPort;
  readonly orders: OrderCommit;
  readonly pool: Pool;
  /** LOOK_AFTER_MS where absent. */
  readonly lookAfterMs?: number;
}

/** What is known of a tracker, for each package behind it. */
export interface PackageState {
  readonly tracked: TrackedPackage;
  readonly state: TrackingState;
}

/** Hands what a carrier's system knows of packages to their orders. The same news, asked for or told, is one fact. */
export class PackageNews {
  readonly lookAfterMs: number;

  constructor(private readonly parts: PackageNewsParts) {
    this.lookAfterMs = parts.lookAfterMs ?? LOOK_AFTER_MS;
  }

  /** Resolves after the commit, with one outcome for each package of which there is news. */
  async take(packages: readonly PackageState[]): Promise<readonly SubmitOutcome[]> {
    const facts = packages.flatMap(({ tracked, state }) => newsFacts(this.parts.carrier.system, [tracked], state));
    const outcomes = facts.length === 0 ? [] : await this.parts.orders.submit(facts);
    await noteLooked(
      this.parts.pool,
      packages.map(({ tracked: { packageId }, state: { trackerId, news } }) => ({
        packageId,
        trackerId,
        over: news?.status === 'DELIVERED',
      })),
      this.lookAfterMs,
    );
    return outcomes;
  }
}

/** The news of a tracker as facts about its packages; none when there is no news. Pure. */
export function newsFacts(
  source: string,
  packages: readonly TrackedPackage[],
  { news }: Pick<TrackingState, 'news'>,
): readonly OrderFact[] {
  if (news === undefined) return [];
  const { status, at, detail } = news;
  return packages.map(({ packageId, orderId }) => ({
    id: `${source}/${packageId}/${status}/${at}`,
    source,
    occurredAt: at,
    address: { by: 'ID', orderId },
    body: { kind: 'PackageTracked', packageId, status, at, ...(detail === undefined ? {} : { detail }) },
  }));
}
