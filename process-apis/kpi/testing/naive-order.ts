import type { OrderEvent } from '../../../src/model/events.js';

interface Work {
  status: string;
  readonly node: string;
  readonly claimedAt: number;
  readonly lines: Map<string, { asked: number; picked: number; packed: number; shipped: number }>;
}

/** Where an order is, counted unit by unit: written for tests, apart from the order's own fold, to be compared with it. */
export class NaiveOrder {
  open = 0;
  erp = 'NONE';
  completed = false;
  readonly work = new Map<string, Work>();
  readonly parcels = new Map<string, boolean>();
  readonly shipments = new Map<string, { node: string; shippedAt: string }>();

  take(event: OrderEvent, at: number): void {
    if (event.type === 'OrderCompleted') this.completed = true;
    this.takeUnits(event, at);
    this.takeErp(event);
    this.takeWork(event);
    this.takeShipment(event);
  }

  private takeUnits(event: OrderEvent, at: number): void {
    switch (event.type) {
      case 'OrderAccepted':
        for (const line of event.order.lines) this.open += line.quantities.open;
        return;
      case 'OrderAmended': {
        const more = units(event.addedUnits) + event.addedLines.reduce((sum, line) => sum + line.quantities.open, 0);
        this.open += more;
        if (event.addedUnits.length + event.addedLines.filter((line) => line.quantities.open > 0).length > 0)
          this.completed = false;
        return;
      }
      case 'InventoryReserved':
        for (const fo of event.fulfillmentOrders) {
          const lines = fo.lines.map(
            (line) => [line.lineId, { asked: line.quantity, picked: 0, packed: 0, shipped: 0 }] as const,
          );
          this.work.set(fo.id, { status: 'PLANNED', node: fo.node, claimedAt: at, lines: new Map(lines) });
          this.open -= units(fo.lines);
        }
        return;
      case 'InventoryUnreserved':
        this.drop(event.fulfillmentOrderId, event.lines);
        if (event.to === 'open') this.open += units(event.lines);
        return;
      case 'FulfillmentShortPicked':
        this.drop(event.fulfillmentOrderId, event.lines);
        this.open += units(event.lines);
        return;
      case 'FulfillmentRevived':
        this.change(event.fulfillmentOrderId, event.lines, (line, quantity) => (line.asked += quantity));
        if (event.from === 'open') this.open -= units(event.lines);
        this.completed = false;
        return;
      case 'LinesCancelled':
      case 'FulfilledOutside':
        this.open -= units(event.lines);
        return;
      default:
        return;
    }
  }

  private takeErp({ type }: OrderEvent): void {
    switch (type) {
      case 'SalesOrderRequested':
        this.erp = 'REQUESTED';
        return;
      case 'SalesOrderPosted':
        this.erp = 'POSTED';
        return;
      case 'SalesOrderConfirmed':
        this.erp = 'CONFIRMED';
        return;
      case 'SalesOrderRejected':
        this.erp = 'REJECTED';
        return;
      case 'SalesOrderNotNeeded':
        this.erp = 'NOT_NEEDED';
        return;
      default:
        return;
    }
  }

  private takeWork(event: OrderEvent): void {
    switch (event.type) {
      case 'FulfillmentRequested':
        this.set(event.fulfillmentOrderId, 'REQUESTED');
        return;
      case 'FulfillmentReleased':
        this.set(event.fulfillmentOrderId, 'RELEASED', 'REQUESTED');
        return;
      case 'FulfillmentRejected':
        this.set(event.fulfillmentOrderId, 'REJECTED');
        return;
      case 'FulfillmentCancelRequested':
        this.set(event.fulfillmentOrderId, 'STOPPING');
        return;
      case 'FulfillmentCancelled':
        this.set(event.fulfillmentOrderId, 'CANCELLED');
        return;
      case 'FulfillmentCancelRefused':
        this.set(event.fulfillmentOrderId, 'RELEASED', 'STOPPING');
        return;
      case 'FulfillmentPicked':
        this.change(event.fulfillmentOrderId, event.lines, (line, quantity) => (line.picked += quantity));
        return;
      case 'FulfillmentPacked':
        this.change(event.fulfillmentOrderId, event.lines, (line, quantity) => (line.packed += quantity));
        return;
      default:
        return;
    }
  }

  private takeShipment(event: OrderEvent): void {
    switch (event.type) {
      case 'ShipmentConfirmed': {
        const { id, node, shippedAt, packages, fulfillmentOrderId } = event.shipment;
        this.shipments.set(id, { node, shippedAt });
        for (const parcel of packages) {
          this.parcels.set(parcel.id, parcel.channelConfirmedAt !== undefined);
          this.change(fulfillmentOrderId, parcel.items, (line, quantity) => (line.shipped += quantity));
        }
        this.close(fulfillmentOrderId);
        return;
      }
      case 'ChannelShipmentConfirmed':
        this.parcels.set(event.packageId, true);
        return;
      default:
        return;
    }
  }

  get stage(): string | undefined {
    if (this.completed) return undefined;
    if (this.open > 0) return 'ACCEPTED';
    let claimed = 0;
    let withNode = 0;
    for (const { status, lines } of this.work.values())
      for (const { asked, picked, packed, shipped } of lines.values()) {
        const touched = Math.min(asked, Math.max(picked, packed, shipped));
        if (status === 'PLANNED' || status === 'REQUESTED') {
          claimed += asked - touched;
          withNode += touched - shipped;
        } else withNode += asked - shipped;
      }
    if (claimed > 0) {
      if (this.erp === 'CONFIRMED') return 'WAREHOUSE';
      return ['REQUESTED', 'POSTED', 'REJECTED'].includes(this.erp) ? 'ERP' : 'RESERVED';
    }
    if (withNode > 0) return 'WAREHOUSE';
    return [...this.parcels.values()].every(Boolean) ? 'CONFIRMED' : 'SHIPPED';
  }

  private set(id: string, status: string, from?: string): void {
    const work = this.work.get(id);
    if (work !== undefined && (from === undefined || work.status === from)) work.status = status;
  }

  private drop(id: string, lines: readonly { lineId: string; quantity: number }[]): void {
    this.change(id, lines, (line, quantity) => (line.asked -= quantity));
    this.close(id);
  }

  private close(id: string): void {
    const work = this.work.get(id);
    if (work === undefined || ['CANCELLED', 'REJECTED'].includes(work.status)) return;
    if ([...work.lines.values()].every(({ asked, shipped }) => asked === shipped)) work.status = 'CLOSED';
  }

  private change(
    id: string,
    lines: readonly { lineId: string; quantity: number }[],
    how: (line: { asked: number; picked: number; packed: number; shipped: number }, quantity: number) => void,
  ): void {
    for (const { lineId, quantity } of lines) {
      const line = this.work.get(id)?.lines.get(lineId);
      if (line !== undefined) how(line, quantity);
    }
  }
}

function units(lines: readonly { quantity: number }[]): number {
  return lines.reduce((sum, one) => sum + one.quantity, 0);
}
