import { graphql } from '../../generated/index.js';
import type { OrderPageQuery } from '../../generated/graphql.js';

export const ORDER_PAGE = graphql(`
  query OrderPage($id: ID!, $asOf: DateTime, $exceptions: Boolean!) {
    order(id: $id, asOf: $asOf) {
      id
      channel
      reference
      displayReference
      status
      version
      placedAt
      updatedAt
      dueAt
      overdue
      completedAt
      asOf
      currency
      shipMethod
      shipBy
      deliverBy
      grandTotal {
        decimal
        currency
      }
      charges {
        kind
        label
        amount {
          decimal
          currency
        }
      }
      lines {
        id
        number
        lineReference
        listingSku
        sku
        title
        ordered
        unitPrice {
          decimal
          currency
        }
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
        gift {
          wrap
          hasMessage
        }
      }
      fulfillmentOrders {
        id
        number
        node
        status
        wmsReference
        lines {
          lineId
          sku
          quantity
          picked
          packed
          shipped
          dropped
        }
      }
      shipments {
        id
        reference
        fulfillmentOrderId
        node
        shippedAt
        deliveryDocument
        goodsIssuedAt
        invoice
        packages {
          id
          reference
          sscc
          carrier
          service
          trackingNumber
          trackingUrl
          deliveredAt
          channelConfirmedAt
          tracking {
            status
            at
            detail
          }
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
      refunds {
        id
        reference
        issuedAt
        amount {
          decimal
          currency
        }
      }
      waitingOn {
        system
        key
        since
        reason
        lastError
      }
      holds {
        id
        kind
        reason
        placedBy
        placedAt
        releasedAt
        releasedBy
      }
      timeline(first: 200) {
        type
        version
        occurredAt
        recordedAt
        source
        detail
        factId
        cursor
      }
      crossReferences {
        system
        kind
        outsideId
        hubKind
        hubId
      }
      parties {
        ...Persons
      }
      exceptions(first: 10) @include(if: $exceptions) {
        ...ExceptionCard
      }
    }
  }
`);

export const ORDER_MOVED = graphql(`
  subscription OrderPageMoved($orderId: ID!, $after: Cursor) {
    orderChanged(orderId: $orderId, after: $after) {
      cursor
      event {
        type
      }
      order {
        id
        version
        status
      }
    }
  }
`);

const PARTIES = graphql(`
  fragment Persons on OrderParties {
    masked
    buyer {
      name
      email
      phone
      company
      taxId
    }
    shipTo {
      ...PostalAddress
    }
    billTo {
      ...PostalAddress
    }
    giftMessages {
      lineReference
      message
    }
    note
  }
`);

const ADDRESS = graphql(`
  fragment PostalAddress on Address {
    name
    company
    line1
    line2
    line3
    city
    region
    postalCode
    country
    phone
  }
`);

export const PERSON_PARTS = [PARTIES, ADDRESS] as const;

/** A document of its own: who sends it is recorded. */
export const REVEALED_PERSONS = graphql(`
  query RevealedPersons($id: ID!) {
    order(id: $id) {
      id
      parties(reveal: true) {
        ...Persons
      }
    }
  }
`);

export type PageOrder = NonNullable<OrderPageQuery['order']>;
export type PageLine = PageOrder['lines'][number];
export type PageEvent = PageOrder['timeline'][number];
