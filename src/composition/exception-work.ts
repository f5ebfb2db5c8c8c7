import type { Pool } from 'pg';
import { pruneCallEvidence, type Exceptions } from '../../process-apis/exceptions/index.js';
import type { DriftRegister, MessageRegister, OrderRegister } from '../../process-apis/resolution/index.js';
import { BackgroundLoop } from '../platform/jobs/index.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** What was sent and answered may hold personal data: it goes when nobody will look at it any more. */
const EVIDENCE_KEPT_DAYS = 90;
const PRUNE_PAGE = 1_000;

export interface ExceptionRegisters {
  readonly pool: Pool;
  readonly exceptions: Exceptions;
  readonly orders: OrderRegister;
  readonly messages: MessageRegister;
  readonly drift: DriftRegister;
}

/** What keeps the register of exceptions right without being told. */
export class ExceptionWork {
  constructor(private readonly registers: ExceptionRegisters) {}

  loops(): readonly BackgroundLoop[] {
    const { pool, exceptions, orders, messages, drift } = this.registers;
    return [
      new BackgroundLoop('exceptions of orders', 5 * SECOND, async () => {
        await orders.sweep();
        return false;
      }),
      new BackgroundLoop('exceptions of messages', 2 * SECOND, async () => {
        await messages.sweep();
        return false;
      }),
      new BackgroundLoop('exceptions of stock differences', 30 * SECOND, async () => {
        await drift.sweep();
        return false;
      }),
      new BackgroundLoop(
        'evidence of long ago',
        HOUR,
        async () => (await pruneCallEvidence(pool, EVIDENCE_KEPT_DAYS, PRUNE_PAGE)) === PRUNE_PAGE,
      ),
      new BackgroundLoop('overdue exceptions', 15 * SECOND, () => exceptions.sweepOverdue()),
    ];
  }
}
