import type { Pool } from 'pg';
import { closeLoss, findOpenLoss } from '../../src/platform/event-log/index.js';
import type { Publishing } from '../publishing/index.js';
import type { Reconciliation } from '../reconciliation/index.js';

/** A warehouse may be away for days: channels are told without its snapshot then. */
const SNAPSHOTS_MS_MAX = 10 * 60_000;

export interface AfterLossParts {
  readonly pool: Pool;
  readonly publishing: Pick<Publishing, 'tellAllAgain'>;
  readonly reconciliation: Pick<Reconciliation, 'wantSnapshots' | 'missingSnapshots'>;
  /** Hears what is done, in a sentence. */
  readonly tell: (sentence: string) => void;
  readonly now?: () => number;
}

/**
 * What a restore leaves open, done once: stock moved without the hub, and what channels show is not what the database says they were
 * told. Stock comes first: told as it was, channels would sell again what left since. Each step may be repeated, so a process that dies
 * in between does no harm.
 */
export class AfterLoss {
  private wanted: { readonly firstTx: string; readonly snapshots: number; readonly atMs: number } | undefined;

  constructor(private readonly parts: AfterLossParts) {}

  async sweep(): Promise<boolean> {
    const { pool, publishing, reconciliation, tell, now = Date.now } = this.parts;
    const loss = await findOpenLoss(pool);
    if (loss === undefined) return false;
    if (this.wanted?.firstTx !== loss.firstTx)
      this.wanted = { firstTx: loss.firstTx, snapshots: await reconciliation.wantSnapshots(), atMs: now() };
    const { snapshots, atMs } = this.wanted;
    const missing = await reconciliation.missingSnapshots();
    if (missing > 0 && now() - atMs < SNAPSHOTS_MS_MAX) return false;
    const told = await publishing.tellAllAgain();
    await closeLoss(pool, loss);
    tell(
      `After ${loss.because === 'RESTORED' ? 'a restore' : 'a move of the database'}: ${Math.max(0, snapshots - missing)} of ${snapshots} snapshots of stock were read, and ${told} quantities are told anew.`,
    );
    return false;
  }
}
