import pLimit from 'p-limit';
import type { Pool } from 'pg';
import { readRecovery } from '../../src/platform/event-log/index.js';
import type { WmsFactSink, WmsPort } from '../../system-apis/wms/wms.port.js';
import { findReleasedWork, type ReleasedWork } from '../orders/index.js';

/** Orders looked at in one statement. */
const PAGE = 200;
const CALLS_AT_ONCE = 4;
/** The rest between two walks grows with the time since the restore. */
const REST_PART = 20;
const REST_MS_MIN = 5_000;
const REST_MS_MAX = 600_000;

export interface WmsFollowUpParts {
  readonly wms: WmsPort;
  readonly inbound: Pick<WmsFactSink, 'receive'>;
  readonly pool: Pool;
  readonly now?: () => number;
}

/**
 * After a restore: asks the warehouse for all that it ever told about the work that it still has. It told some of it to
 * the hub that was lost, was answered, and will not tell it by itself. What is known already changes nothing.
 */
export class WmsFollowUp {
  private readonly limit = pLimit(CALLS_AT_ONCE);
  private nextMs = 0;

  constructor(private readonly parts: WmsFollowUpParts) {}

  /** Gives true when there is more to ask at once. Throws the first error after all were asked about. */
  async sweep(): Promise<boolean> {
    const { pool, wms, now = Date.now } = this.parts;
    if (wms.readFacts === undefined || now() < this.nextMs) return false;
    const recovery = await readRecovery(pool, now());
    if (recovery === undefined) return false;
    let failure: PromiseRejectedResult | undefined;
    for (let after: string | undefined, more = true; more;) {
      const page: readonly ReleasedWork[] = await findReleasedWork(pool, after, PAGE);
      const failed = await this.askAbout(page.flatMap(({ fulfillmentOrderIds }) => fulfillmentOrderIds));
      failure ??= failed;
      after = page.at(-1)?.orderId;
      more = page.length === PAGE;
    }
    this.nextMs = now() + Math.min(REST_MS_MAX, Math.max(REST_MS_MIN, (now() - recovery.sinceMs) / REST_PART));
    // Told at the end: a release that the warehouse cannot tell of must not hold up the others.
    if (failure !== undefined) throw failure.reason;
    return false;
  }

  /** Gives the first failure after all were asked about. */
  private async askAbout(fulfillmentOrderIds: readonly string[]): Promise<PromiseRejectedResult | undefined> {
    const asked = await Promise.allSettled(fulfillmentOrderIds.map((id) => this.limit(() => this.ask(id))));
    return asked.find((one) => one.status === 'rejected');
  }

  private async ask(fulfillmentOrderId: string): Promise<void> {
    const { wms, inbound } = this.parts;
    const facts = (await wms.readFacts?.(fulfillmentOrderId)) ?? [];
    if (facts.length > 0) await inbound.receive(wms.system, facts);
  }
}
