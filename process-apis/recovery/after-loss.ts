import type { Pool } from 'pg';
import { closeLoss, findOpenLoss } from '../../src/platform/event-log/index.js';
import type { Publishing } from '../publishing/index.js';
import type { Reconciliation } from '../reconciliation/index.js';

export interface AfterLossParts {
  readonly pool: Pool;
  readonly publishing: Pick<Publishing, 'tellAllAgain'>;
  readonly reconciliation: Pick<Reconciliation, 'wantSnapshots'>;
  /** Hears what is done, in a sentence. */
  readonly tell: (sentence: string) => void;
}

/**
 * What a restore leaves open, done once, before all: what channels show is not what the database says they were told, and
 * stock moved without the hub. Each step may be repeated, so a process that dies in between does no harm.
 */
export class AfterLoss {
  constructor(private readonly parts: AfterLossParts) {}

  async sweep(): Promise<boolean> {
    const { pool, publishing, reconciliation, tell } = this.parts;
    const loss = await findOpenLoss(pool);
    if (loss === undefined) return false;
    const wanted = await reconciliation.wantSnapshots();
    const told = await publishing.tellAllAgain();
    await closeLoss(pool, loss);
    tell(
      `After ${loss.because === 'RESTORED' ? 'a restore' : 'a move of the database'}: ${told} quantities are told anew, and ${wanted} snapshots of stock are read.`,
    );
    return false;
  }
}
