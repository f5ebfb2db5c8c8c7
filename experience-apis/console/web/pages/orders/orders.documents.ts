import { graphql } from '../../generated/index.js';
import type { OrderRowFragment } from '../../generated/graphql.js';

export const ORDER_ROW = graphql(`
  fragment OrderRow on Order {
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
    grandTotal {
      decimal
      currency
    }
    lines {
      id
      ordered
    }
    waitingOn {
      system
      key
      since
      reason
    }
    fulfillmentOrders {
      id
      node
    }
    holds {
      id
      kind
      reason
      releasedAt
    }
  }
`);

export const ORDERS = graphql(`
  query OrdersPage($filter: OrderFilter, $sort: OrderSort!, $after: Cursor, $exceptions: Boolean!) {
    orders(filter: $filter, sort: $sort, first: 50, after: $after) {
      edges {
        node {
          ...OrderRow
          exceptions(first: 3) @include(if: $exceptions) {
            id
            title
            severity
            status
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const ORDERS_MOVED = graphql(`
  subscription OrdersPageMoved($channel: String, $after: Cursor) {
    orderChanged(channel: $channel, after: $after) {
      cursor
      event {
        type
      }
      order {
        ...OrderRow
      }
    }
  }
`);

export const CHANNEL_KEYS = graphql(`
  query ChannelKeys {
    channels {
      id
      key
      name
    }
    fulfillmentNodes {
      id
      key
      name
    }
  }
`);

export interface RowException {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly status: string;
}

export interface OrderRow extends OrderRowFragment {
  /** Absent where the caller may not see exceptions. */
  readonly exceptions?: readonly RowException[];
}
