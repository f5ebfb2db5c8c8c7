import type { Pool } from 'pg';
import { ERP_READ_MAX, type ErpPort, type SalesOrderDecision } from '../../system-apis/erp/erp.port.js';
import { waitKeys, type OrderCommit, type OrderFact, type OrderFactBody, type WaitingOrders } from '../orders/index.js';

/** Orders looked at in one sweep; the next sweep goes on behind them. */
const SWEEP_MAX = 1_000;
const READS_AT_ONCE = 4;

interface Asked {
  readonly orderId: string;
  readonly document: string;
}

/**
 * Reads what the ERP decided by itself: the confirmation of sales orders, and the billing of deliveries.
 * Works on what is stored as waiting, so it needs no memory and misses nothing.
 */
export class ErpFollowUp {
  private confirmationsAfter: string | undefined;
  private billingAfter: string | undefined;

  constructor(
    private readonly erp: ErpPort,
    private readonly orders: OrderCommit,
    private readonly waiting: WaitingOrders,
    private readonly pool: Pool,
  ) {}

  /** Gives true when there may be more to read at once. */
  async sweepConfirmations(): Promise<boolean> {
    const page = await this.waiting.find(this.pool, waitKeys.confirmation, this.confirmationsAfter, SWEEP_MAX);
    this.confirmationsAfter = page.length < SWEEP_MAX ? undefined : page.at(-1)?.id;
    const asked = page.flatMap(({ id, erp }) =>
      erp.salesOrder === undefined ? [] : [{ orderId: id, document: erp.salesOrder }],
    );
    await this.eachChunk(asked, (chunk) => this.readConfirmations(chunk));
    return page.length === SWEEP_MAX;
  }

  async sweepBilling(): Promise<boolean> {
    const page = await this.waiting.find(this.pool, waitKeys.billing, this.billingAfter, SWEEP_MAX);
    this.billingAfter = page.length < SWEEP_MAX ? undefined : page.at(-1)?.id;
    const asked = page.flatMap(({ id, shipments }) =>
      shipments.flatMap(({ deliveryDocument, invoice }) =>
        deliveryDocument === undefined || invoice !== undefined ? [] : [{ orderId: id, document: deliveryDocument }],
      ),
    );
    await this.eachChunk(asked, (chunk) => this.readBilling(chunk));
    return page.length === SWEEP_MAX;
  }

  private async readConfirmations(chunk: readonly Asked[]): Promise<void> {
    const decisions = await this.erp.readSalesOrders(chunk.map(({ document }) => document));
    await this.submit(
      chunk,
      decisions.flatMap((decision): readonly Answer[] => {
        const { salesOrder } = decision;
        switch (decision.state) {
          case 'CONFIRMED':
            return [{ document: salesOrder, body: { kind: 'SalesOrderConfirmed', salesOrder } }];
          case 'REJECTED':
            return [{ document: salesOrder, body: rejected(decision) }];
          case 'PENDING':
            return [];
          // Asked for again, since it may show later; the order's wait says so, and is late in the end.
          case 'MISSING':
            return [{ document: salesOrder, body: missing(salesOrder) }];
        }
      }),
    );
  }

  private async readBilling(chunk: readonly Asked[]): Promise<void> {
    const states = await this.erp.readBilling(chunk.map(({ document }) => document));
    await this.submit(
      chunk,
      states.flatMap(({ deliveryDocument, invoice }): readonly Answer[] =>
        invoice === undefined
          ? []
          : [{ document: deliveryDocument, body: { kind: 'InvoicePosted', deliveryDocument, invoice } }],
      ),
    );
  }

  private async submit(chunk: readonly Asked[], answers: readonly Answer[]): Promise<void> {
    const orderIds = new Map(chunk.map(({ document, orderId }) => [document, orderId]));
    const facts = answers.flatMap(({ document, body }): readonly OrderFact[] => {
      const orderId = orderIds.get(document);
      if (orderId === undefined) return [];
      return [
        {
          id: `${this.erp.system}/${document}/${body.kind}`,
          source: this.erp.system,
          occurredAt: new Date().toISOString(),
          address: { by: 'ID', orderId },
          body,
        },
      ];
    });
    if (facts.length > 0) await this.orders.submit(facts);
  }

  private async eachChunk(asked: readonly Asked[], read: (chunk: readonly Asked[]) => Promise<void>): Promise<void> {
    const chunks: (readonly Asked[])[] = [];
    for (let from = 0; from < asked.length; from += ERP_READ_MAX) chunks.push(asked.slice(from, from + ERP_READ_MAX));
    const reads: PromiseSettledResult<void>[] = [];
    for (let from = 0; from < chunks.length; from += READS_AT_ONCE)
      reads.push(...(await Promise.allSettled(chunks.slice(from, from + READS_AT_ONCE).map(read))));
    // Told at the end: documents that the ERP cannot give must not hold up those behind them.
    const failed = reads.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

function rejected({ salesOrder, reason, code }: SalesOrderDecision & { readonly state: 'REJECTED' }): OrderFactBody {
  return { kind: 'SalesOrderRejected', salesOrder, reason, ...(code === undefined ? {} : { code }) };
}

function missing(salesOrder: string): OrderFactBody {
  return {
    kind: 'OutsideCallFailed',
    waitKey: waitKeys.confirmation,
    system: 'ERP',
    operation: 'read sales order',
    error: `The ERP does not know sales order ${salesOrder}.`,
    errorKind: 'rejected',
    code: 'MISSING',
    final: false,
  };
}

interface Answer {
  readonly document: string;
  readonly body: OrderFactBody;
}
