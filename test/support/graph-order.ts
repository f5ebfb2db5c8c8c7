import type { LineQuantities, OrderStatus, OutsideSystem } from '../../src/model/order.js';
import type { OrderEvent } from '../../src/model/events.js';

/** An order as ORDER_QUERY reads it. */
export interface GraphOrder {
  readonly id: string;
  readonly channel: string;
  readonly reference: string;
  readonly status: OrderStatus;
  readonly version: number;
  readonly completedAt: string | null;
  readonly lines: readonly {
    readonly id: string;
    readonly lineReference: string;
    readonly listingSku: string;
    readonly sku: string | null;
    readonly ordered: number;
    readonly quantities: LineQuantities;
  }[];
  readonly fulfillmentOrders: readonly {
    readonly id: string;
    readonly node: string;
    readonly status: string;
    readonly wmsReference: string | null;
  }[];
  readonly shipments: readonly GraphShipment[];
  readonly erp: { readonly status: string; readonly salesOrder: string | null; readonly reason: string | null };
  readonly waitingOn: readonly {
    readonly system: OutsideSystem;
    readonly key: string;
    readonly since: string;
    readonly reason: string;
    readonly lastError: string | null;
  }[];
  readonly timeline: readonly {
    readonly type: OrderEvent['type'];
    readonly version: number;
    readonly source: string;
    readonly occurredAt: string;
    readonly recordedAt: string;
  }[];
  readonly crossReferences: readonly {
    readonly system: string;
    readonly kind: string;
    readonly outsideId: string;
    readonly hubKind: string;
    readonly hubId: string;
  }[];
  readonly parties: { readonly masked: boolean; readonly shipTo: { readonly name: string | null } | null } | null;
}

export interface GraphShipment {
  readonly id: string;
  readonly reference: string;
  readonly node: string;
  readonly deliveryDocument: string | null;
  readonly invoice: string | null;
  readonly packages: readonly {
    readonly id: string;
    readonly carrier: string;
    readonly trackingNumber: string;
    readonly channelConfirmedAt: string | null;
    readonly items: readonly {
      readonly lineId: string;
      readonly sku: string;
      readonly quantity: number;
      readonly serials: readonly string[];
    }[];
  }[];
}

export const ORDER_QUERY = /* GraphQL */ `
  query OrderByReference($channel: String!, $reference: String!) {
    orderByReference(channel: $channel, reference: $reference) {
      id
      channel
      reference
      status
      version
      completedAt
      lines {
        id
        lineReference
        listingSku
        sku
        ordered
        quantities {
          open
          reserved
          released
          picked
          packed
          shipped
          cancelled
          external
        }
      }
      fulfillmentOrders {
        id
        node
        status
        wmsReference
      }
      shipments {
        id
        reference
        node
        deliveryDocument
        invoice
        packages {
          id
          carrier
          trackingNumber
          channelConfirmedAt
          items {
            lineId
            sku
            quantity
            serials
          }
        }
      }
      erp {
        status
        salesOrder
        reason
      }
      waitingOn {
        system
        key
        since
        reason
        lastError
      }
      timeline(first: 100) {
        type
        version
        source
        occurredAt
        recordedAt
      }
      crossReferences {
        system
        kind
        outsideId
        hubKind
        hubId
      }
      parties {
        masked
        shipTo {
          name
        }
      }
    }
  }
`;
