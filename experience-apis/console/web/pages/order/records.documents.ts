import { graphql } from '../../generated/index.js';
import type { OrderFactsQuery, OrderLineageQuery } from '../../generated/graphql.js';

export const ORDER_TASKS = graphql(`
  query OrderTasks($id: ID!) {
    order(id: $id) {
      id
      tasks(first: 50) {
        id
        kind
        key
        state
        attempts
        orderId
        createdAt
        startAfter
        startedAt
        finishedAt
        lastError
        payload
      }
    }
  }
`);

export const ORDER_MESSAGES = graphql(`
  query OrderMessages($id: ID!) {
    order(id: $id) {
      id
      messages(first: 50) {
        id
        source
        topic
        externalId
        receivedAt
        status
        reason
        detail
        pointer
        subjects
      }
    }
  }
`);

export const ORDER_FACTS = graphql(`
  query OrderFacts($id: ID!) {
    order(id: $id) {
      id
      facts(first: 50) {
        id
        source
        kind
        occurredAt
        recordedAt
        result
        reason
        messageId
      }
    }
  }
`);

export const ORDER_LINEAGE = graphql(`
  query OrderLineage($id: ID!, $pointers: [String!]) {
    order(id: $id) {
      id
      lineage(pointers: $pointers, first: 100) {
        pointer
        value
        source
        factId
        fact
        messageId
        since
        event {
          type
          version
          recordedAt
        }
      }
    }
  }
`);

export type OrderFact = NonNullable<OrderFactsQuery['order']>['facts'][number];
export type OrderOrigin = NonNullable<OrderLineageQuery['order']>['lineage'][number];
