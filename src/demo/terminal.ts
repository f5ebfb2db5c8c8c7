import type { LoggedEvent } from '../platform/event-log/index.js';

/** Lines for single events in one second; what is more is counted in the next status line. */
const LINES_PER_SECOND_MAX = 4;
/** Orders whose names are known: packages arrive after their order is complete. */
const NAMES_MAX = 5_000;

export interface OrderCounts {
  readonly byStatus: Readonly<Record<string, number>>;
  readonly completed: number;
  readonly total: number;
}

/** What a person at the terminal sees: a line for each notable event, and the state of all every few seconds. */
export class Terminal {
  private second = 0;
  private lines = 0;
  private unsaid = 0;
  private readonly references = new Map<string, string>();

  constructor(private readonly print: (line: string) => void) {}

  event(event: LoggedEvent): void {
    const name = this.nameOf(event);
    const sentence = this.sentence(event);
    if (sentence === undefined) return;
    const second = Math.floor(Date.now() / 1_000);
    if (second !== this.second) [this.second, this.lines] = [second, 0];
    if (this.lines >= LINES_PER_SECOND_MAX) {
      this.unsaid += 1;
      return;
    }
    this.lines += 1;
    this.print(`${clock()}  ${name.padEnd(32)} ${sentence}`);
  }

  status({ byStatus, completed, total }: OrderCounts): void {
    const states = ['OPEN', 'BACKORDERED', 'RESERVED', 'IN_FULFILLMENT', 'PARTIALLY_SHIPPED', 'SHIPPED', 'CANCELLED']
      .filter((status) => (byStatus[status] ?? 0) > 0)
      .map((status) => `${status.toLowerCase().replaceAll('_', ' ')} ${byStatus[status]}`);
    const more = this.unsaid > 0 ? `  (${this.unsaid} more events)` : '';
    this.unsaid = 0;
    this.print(`${clock()}  ── ${total} orders: ${states.join(' · ') || 'none yet'} · completed ${completed}${more}`);
  }

  private sentence({ type, data }: LoggedEvent): string | undefined {
    const event = data as Readonly<Record<string, unknown>>;
    switch (type) {
      case 'OrderAccepted':
        return 'accepted';
      case 'OrderBackordered':
        return `waits: ${waitWords(event)}`;
      case 'SalesOrderPosted':
        return `sales order ${String(event['salesOrder'])} in the ERP`;
      case 'SalesOrderRejected':
        return `rejected by the ERP: ${String(event['reason'])}`;
      case 'FulfillmentShortPicked':
        return 'short pick: the rest is sourced again';
      case 'ShipmentConfirmed':
        return `shipped from ${shipmentWords(event)}`;
      case 'PackageDelivered':
        return 'a package was delivered';
      case 'PackageDeliveryFailed':
        return 'a package could not be delivered';
      case 'PackageReturning':
        return 'a package comes back';
      case 'CancellationRequested':
        return `cancellation asked for: ${String(event['reason'])}`;
      case 'CancellationRefused':
        return `cancellation refused: ${String(event['reason'])}`;
      case 'OrderCancelled':
        return 'cancelled';
      case 'OrderCompleted':
        return 'complete: shipped or cancelled, channel told, ERP billed';
      default:
        return undefined;
    }
  }

  private nameOf(event: LoggedEvent): string {
    if (event.type === 'OrderAccepted') {
      const { reference, displayReference } = (
        event.data as { order: { reference: string; displayReference?: string } }
      ).order;
      this.references.set(event.streamId, `${event.scope} ${displayReference ?? reference}`);
      const [oldest] = this.references.keys();
      if (this.references.size > NAMES_MAX && oldest !== undefined) this.references.delete(oldest);
    }
    return this.references.get(event.streamId) ?? `${event.scope} …${event.streamId.slice(-8)}`;
  }
}

function waitWords(event: Readonly<Record<string, unknown>>): string {
  const shortages = event['shortages'] as readonly { sku: string; missing: number }[];
  const unknown = event['unknownListings'] as readonly string[];
  return [
    ...unknown.map((listing) => `listing ${listing} is not mapped`),
    ...shortages.map(({ sku, missing }) => `${missing} × ${sku} missing`),
  ].join(', ');
}

function shipmentWords(event: Readonly<Record<string, unknown>>): string {
  const { node, packages } = event['shipment'] as {
    node: string;
    packages: readonly { carrier: string; trackingNumber: string }[];
  };
  return `${node}: ${packages.map((parcel) => `${parcel.carrier} ${parcel.trackingNumber}`).join(', ')}`;
}

function clock(): string {
  return new Date().toISOString().slice(11, 19);
}
