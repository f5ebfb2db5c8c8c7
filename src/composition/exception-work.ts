import type { Exceptions } from '../../process-apis/exceptions/index.js';
import type { DriftRegister, MessageRegister, OrderRegister } from '../../process-apis/resolution/index.js';
import { BackgroundLoop } from '../platform/jobs/index.js';

const SECOND = 1_000;

export interface ExceptionRegisters {
  readonly exceptions: Exceptions;
  readonly orders: OrderRegister;
  readonly messages: MessageRegister;
  readonly drift: DriftRegister;
}

/** What keeps the register of exceptions right without being told. */
export class ExceptionWork {
  constructor(private readonly registers: ExceptionRegisters) {}

  loops(): readonly BackgroundLoop[] {
    const { exceptions, orders, messages, drift } = this.registers;
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
      new BackgroundLoop('overdue exceptions', 15 * SECOND, () => exceptions.sweepOverdue()),
    ];
  }
}
