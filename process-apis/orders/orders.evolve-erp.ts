import type { LineUnits, OrderEvent } from '../../src/model/events.js';
import type { ErpState } from '../../src/model/order.js';

type ErpEvent = Extract<OrderEvent, { type: `SalesOrder${string}` }>;

/** What the ERP holds of an order, after an event. Pure. */
export function evolveErp(before: ErpState, event: ErpEvent): ErpState {
  switch (event.type) {
    case 'SalesOrderRequested': {
      const requested = unitsByLine(event.lines);
      const { attempt } = event;
      // The document and the refusal of an attempt before this one are no more.
      return { status: 'REQUESTED', attempt, items: {}, requested, held: requested };
    }
    case 'SalesOrderPosted':
      return { ...before, status: 'POSTED', salesOrder: event.salesOrder, items: event.items };
    case 'SalesOrderConfirmed':
      return { ...before, status: 'CONFIRMED' };
    case 'SalesOrderRejected':
      return {
        ...before,
        status: 'REJECTED',
        reason: event.reason,
        ...(event.code === undefined ? {} : { code: event.code }),
      };
    case 'SalesOrderNotNeeded':
      return { ...before, status: 'NOT_NEEDED', requested: {}, held: {} };
    case 'SalesOrderReduceRequested':
      return { ...before, requested: { ...before.requested, ...unitsByLine(event.remaining) } };
    case 'SalesOrderReduced':
      return { ...before, held: { ...before.held, ...unitsByLine(event.remaining) } };
  }
}

/** The sales order was asked to hold nothing any more: everything on it is cancelled. */
export function wantsNothingOfErp({ status, requested }: ErpState): boolean {
  return status === 'POSTED' && Object.values(requested).every((units) => units === 0);
}

function unitsByLine(lines: readonly LineUnits[]): Readonly<Record<string, number>> {
  return Object.fromEntries(lines.map((line) => [line.lineId, line.quantity]));
}
