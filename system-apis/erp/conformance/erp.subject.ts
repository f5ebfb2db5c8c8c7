import { setTimeout as delay } from 'node:timers/promises';
import type { ErpPort, PostSalesOrder, SalesOrderDecision } from '../erp.port.js';
import { salesOrderOf, type OrderSketch } from './erp.commands.js';

/** An ERP under test, with what the suite must see and do behind the port's back. */
export interface ErpSubject {
  readonly erp: ErpPort;
  /** Two items that the ERP knows, and one that it does not. */
  readonly skus: readonly [string, string];
  readonly unknownSku: string;
  readonly node: string;
  /** Another node; nothing else moves its stock, or that of `idleSku`. */
  readonly otherNode: string;
  /** An item that no sales order of the suite has. */
  readonly idleSku: string;
  /** A channel whose orders the ERP takes and then rejects. */
  readonly rejectedChannel: string;
  /** The number of sales orders that the ERP holds for a key. */
  readonly countSalesOrders: (idempotencyKey: string) => number;
  /** Units that stand in an item; 0 when it is cancelled. */
  readonly unitsOf: (salesOrder: string, item: string) => number;
  readonly deliveriesOf: (salesOrder: string) => readonly DeliveryInErp[];
  /** The next such step in the ERP has its effect, and its answer is lost. */
  readonly loseAnswerOf: (step: 'createSalesOrder' | 'createDelivery' | 'postGoodsIssue') => void;
  /** Sets the ERP's stock by hand; `onHand` is all that is there, held units too. */
  readonly setStock: (
    sku: string,
    node: string,
    stock: { readonly onHand: number; readonly qualityHold: number },
  ) => void;
  readonly setDown: (down: boolean) => void;
  readonly close: () => Promise<void>;
}

export interface DeliveryInErp {
  readonly deliveryDocument: string;
  readonly goodsIssued: boolean;
  readonly items: readonly { readonly item: string; readonly quantity: number; readonly serials: readonly string[] }[];
}

const POLL_MS = 25;
const POLLS_MAX = 200;

/** A sales order that the subject's ERP would confirm: 3 units of the one item, 2 of the other. */
export function orderFor(subject: ErpSubject, sketch: Partial<OrderSketch> = {}): PostSalesOrder {
  return salesOrderOf({ channel: 'shop', node: subject.node, skus: subject.skus, quantities: [3, 2], ...sketch });
}

/** The ERP's decision, once it is no longer pending. */
export function decided(erp: ErpPort, salesOrder: string): Promise<SalesOrderDecision | undefined> {
  return until(
    async () => (await erp.readSalesOrders([salesOrder]))[0],
    (decision) => decision?.state !== 'PENDING',
  );
}

/** Reads until what is read is as wanted; throws when it does not come. */
export async function until<Value>(read: () => Promise<Value>, isWanted: (value: Value) => boolean): Promise<Value> {
  for (let polls = 0; polls < POLLS_MAX; polls += 1) {
    const value = await read();
    if (isWanted(value)) return value;
    await delay(POLL_MS);
  }
  throw new Error('what was waited for did not come');
}
