import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { ErpPort } from '../../system-apis/erp/erp.port.js';
import type { WmsPort } from '../../system-apis/wms/wms.port.js';
import type { Instant } from '../../src/model/time.js';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { retryDelayMs } from '../../src/platform/outside/retry-delay.js';
import type { StockFeeds, StockIntake } from '../availability/index.js';
import type { CatalogReader } from '../catalog/index.js';
import type { Publishing } from '../publishing/index.js';
import type { EarlierDrift } from './comparison.js';
import type { DriftPolicy } from './drift-policy.js';
import { keepAlive, RUN_LEASE_MS } from './drift-run.sql.js';
import type { DriftRun, ShownQuantities } from './drift.types.js';

/** A run that takes longer is given up. */
const RUN_MS_MAX = 2 * 3_600_000;
/** Between two readings of an outside system: drift is nobody's hurry. */
const PACE_MS = 50;
const TRIES_MAX = 4;

/** What comparing needs. */
export interface DriftTools {
  readonly pool: Pool;
  readonly wms: Pick<WmsPort, 'system' | 'readStock'>;
  readonly erp: Pick<ErpPort, 'system' | 'readStock'>;
  readonly catalog: Pick<CatalogReader, 'unitFactors'>;
  readonly stock: StockIntake;
  readonly feeds: StockFeeds;
  readonly publishing: Pick<Publishing, 'tellAgain'>;
  readonly shown: ShownQuantities | undefined;
  readonly policy: DriftPolicy;
  /** How long differences are given to pass by themselves before they are looked at again, in milliseconds. */
  readonly settleMs: number;
}

/** The run that a comparison works for. */
export class DriftJob {
  private readonly endMs = Date.now() + RUN_MS_MAX;
  private aliveMs = Date.now();

  constructor(
    readonly run: DriftRun,
    readonly tools: DriftTools,
    /** What the run before found, by key. */
    readonly earlier: ReadonlyMap<string, EarlierDrift>,
    /** When the run before began; this one where there was none. */
    readonly since: Instant,
    private readonly stopping: AbortSignal,
  ) {}

  /** Reads from outside, no faster than the other side likes, and again when it was a matter of the moment. */
  async read<T>(reading: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      await this.wait(PACE_MS);
      try {
        return await reading();
      } catch (error) {
        const passes = error instanceof OutsideError && (error.kind === 'transient' || error.kind === 'throttled');
        if (!passes || tries >= TRIES_MAX) throw error;
        const delayMs = retryDelayMs(tries, error);
        if (delayMs > RUN_LEASE_MS / 2) throw error;
        await this.wait(delayMs);
      }
    }
  }

  /** Gives differences time to pass. */
  settle(): Promise<void> {
    return this.wait(this.tools.settleMs);
  }

  private async wait(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.stopping }).catch(() => undefined);
    await this.checkpoint();
  }

  /** Throws when the run must end here. */
  async checkpoint(): Promise<void> {
    if (this.stopping.aborted) throw new Error('The process was stopped.');
    if (Date.now() > this.endMs) throw new Error(`The run took longer than ${RUN_MS_MAX / 60_000} minutes.`);
    if (Date.now() - this.aliveMs < RUN_LEASE_MS / 5) return;
    if (!(await keepAlive(this.tools.pool, this.run.id))) throw new Error('The run stood still for too long.');
    this.aliveMs = Date.now();
  }
}

export function inPages<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, page) => all.slice(page * size, (page + 1) * size));
}
