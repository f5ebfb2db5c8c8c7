import pLimit from 'p-limit';
import type { Pool } from 'pg';
import type { ExceptionCategory, Problem } from '../../src/model/exception.js';
import type { Order, Package } from '../../src/model/order.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { inTask, type TaskQueue, type TaskResult, type TaskRun } from '../../src/platform/jobs/index.js';
import { afterFailure, kindOf, OutsideError, type OutsideErrorKind } from '../../src/platform/outside/outside-error.js';
import type { CarrierPort } from '../../system-apis/carrier/carrier.port.js';
import { sealEvidence, writeCallEvidence, type Exceptions } from '../exceptions/index.js';
import type { OrderTaskOf } from '../orders/index.js';
import type { OrderLookup } from './fulfillment.context.js';
import type { PackageNews } from './package-news.js';
import { mayExist } from './task-outcome.js';
import { insertTracked, type TrackedPackage } from './tracked-package.sql.js';

type Payload = OrderTaskOf<'carrier.track'>['payload'];

const CALLS_AT_ONCE = 5;
/** Telling and feeds go first: what a carrier says changes nothing that the hub does for the order. */
const TIER = 4;

const CATEGORIES: Readonly<Record<OutsideErrorKind, ExceptionCategory>> = {
  transient: 'GAVE_UP',
  throttled: 'GAVE_UP',
  unknown: 'GAVE_UP',
  rejected: 'CARRIER_FAILURE',
  mapping: 'CARRIER_FAILURE',
  authentication: 'CREDENTIALS',
  contract: 'CONTRACT_CHANGED',
};

export interface CarrierTasksParts {
  readonly carrier: CarrierPort;
  readonly news: PackageNews;
  readonly lookup: Pick<OrderLookup, 'byIds'>;
  readonly exceptions: Pick<Exceptions, 'raise' | 'end'>;
  readonly pool: Pool;
  readonly cipher: FieldCipher;
}

interface FoundTask {
  readonly task: TaskRun;
  readonly order: Order;
  readonly parcel: Package;
  readonly tracked: TrackedPackage;
}

/**
 * Asks the carrier's system to watch the packages that left. Nothing waits for it: an order completes as well while the carrier
 * cannot be reached for days.
 */
export class CarrierTasks {
  private readonly limit = pLimit(CALLS_AT_ONCE);

  constructor(private readonly parts: CarrierTasksParts) {}

  register(queue: Pick<TaskQueue, 'register'>): void {
    const target = { system: this.parts.carrier.system, use: 'track' };
    queue.register('carrier.track', (tasks) => this.track(tasks), { tier: TIER, target });
  }

  private async track(tasks: readonly TaskRun[]): Promise<readonly TaskResult[]> {
    const { carrier, pool, lookup, news } = this.parts;
    const orders = await lookup.byIds([...new Set(tasks.map(({ payload }) => (payload as Payload).orderId))]);
    const found = new Map(tasks.map((task) => [task.key, find(task, orders)]));
    const known = [...found.values()].filter((one) => one !== undefined);
    // Before anything is asked for: what the carrier tells meanwhile finds its package.
    await insertTracked(
      pool,
      carrier.system,
      known.map(({ tracked }) => tracked),
      news.lookAfterMs,
    );
    return Promise.all(
      tasks.map(async (task) => {
        const one = found.get(task.key);
        return one === undefined ? notFound(task) : this.limit(() => inTask(task, () => this.trackOne(one)));
      }),
    );
  }

  private async trackOne(found: FoundTask): Promise<TaskResult> {
    const { task, tracked } = found;
    const { carrier, news, exceptions } = this.parts;
    const { packageId, trackingNumber } = tracked;
    const again = mayExist(task);
    try {
      const state = await carrier.track({ packageId, carrier: tracked.carrier, trackingNumber, mayExist: again });
      await news.take([{ tracked, state }]);
      if (again) await exceptions.end([untrackedKey(packageId)], TRACKED_NOW);
      return { outcome: 'DONE' };
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      const result = afterFailure(error, sentence);
      if (result.outcome === 'DEAD' || (result.outcome === 'RETRY' && task.lastTry)) {
        await this.keepEvidence(found, error);
        await exceptions.raise([untracked(found, carrier.system, kindOf(error), sentence)]);
      }
      return result;
    }
  }

  private async keepEvidence({ tracked }: FoundTask, error: unknown): Promise<void> {
    if (!(error instanceof OutsideError) || error.details.exchange === undefined) return;
    const { system, operation, exchange } = error.details;
    const { orderId, packageId } = tracked;
    const at = new Date().toISOString();
    const waitKey = untrackedStep(packageId);
    const sealed = sealEvidence(this.parts.cipher, { orderId, waitKey, system, operation, at, exchange });
    await writeCallEvidence(this.parts.pool, [sealed]);
  }
}

export const TRACKED_NOW = 'The carrier watches the parcel now.';

export function untrackedKey(packageId: string): string {
  return `package/${packageId}/TRACKING`;
}

/** Names the step like a wait, though nothing waits for it: its evidence is kept under it. */
function untrackedStep(packageId: string): string {
  return `CARRIER:TRACKING:${packageId}`;
}

function untracked({ order, parcel }: FoundTask, system: string, kind: OutsideErrorKind, error: string): Problem {
  const { id: orderId, channel, reference } = order;
  const { id: packageId, trackingNumber } = parcel;
  return {
    key: untrackedKey(packageId),
    category: CATEGORIES[kind],
    sentence: `Nobody watches parcel ${trackingNumber} (${parcel.carrier}) of order ${reference} of ${channel}: ${error}`,
    groupKey: `TRACKING:${system}/${kind}`,
    subject: {
      orderId,
      channel,
      reference,
      packageId,
      system,
      operation: 'carrier.track',
      waitKey: untrackedStep(packageId),
    },
  };
}

function find(task: TaskRun, orders: ReadonlyMap<string, Order>): FoundTask | undefined {
  const { orderId, shipmentId, packageId } = task.payload as Payload;
  const order = orders.get(orderId);
  const shipment = order?.shipments.find(({ id }) => id === shipmentId);
  const parcel = shipment?.packages.find(({ id }) => id === packageId);
  if (order === undefined || parcel === undefined) return undefined;
  const { carrier, trackingNumber } = parcel;
  return { task, order, parcel, tracked: { packageId, orderId, carrier, trackingNumber } };
}

function notFound(task: TaskRun): TaskResult {
  return { outcome: 'DEAD', error: `there is no package ${(task.payload as Payload).packageId}` };
}
