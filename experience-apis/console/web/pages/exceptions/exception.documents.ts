import { graphql } from '../../generated/index.js';
import type { ExceptionCardFragment } from '../../generated/graphql.js';

export const EXCEPTION_CARD = graphql(`
  fragment ExceptionCard on Exception {
    id
    category
    title
    sentence
    why
    owner
    severity
    status
    raisedAt
    raised
    dueAt
    overdue
    assignedTo
    groupKey
    endedAt
    endedBy
    endedBecause
    subject {
      orderId
      channel
      reference
      listingSku
      sku
      node
      system
      operation
      messageId
      driftRunId
    }
    actions {
      action
      needs
      takes
    }
  }
`);

export const EXCEPTION_GROUPS = graphql(`
  query ExceptionGroupsPage($filter: ExceptionFilter, $after: Cursor) {
    exceptionGroups(filter: $filter, first: 25, after: $after) {
      edges {
        node {
          category
          title
          groupKey
          count
          overdue
          severity
          owner
          oldestAt
          dueAt
          sentence
          actions {
            action
            needs
            takes
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

export const EXCEPTIONS = graphql(`
  query ExceptionsPage($filter: ExceptionFilter, $sort: ExceptionSort!, $after: Cursor, $orders: Boolean!) {
    exceptions(filter: $filter, sort: $sort, first: 50, after: $after) {
      edges {
        node {
          ...ExceptionCard
          order @include(if: $orders) {
            id
            displayReference
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

export const EXCEPTION_COUNTS = graphql(`
  query ExceptionCountsPage {
    exceptionCounts {
      category
      severity
      open
      overdue
      oldestAt
    }
  }
`);

export const EXCEPTION_PAGE = graphql(`
  query ExceptionPage($id: ID!, $orders: Boolean!) {
    exception(id: $id) {
      ...ExceptionCard
      order @include(if: $orders) {
        id
        channel
        reference
        displayReference
        status
      }
      evidence {
        kind
        source
        what
        at
        messageId
        call
        status
        sent
        answer
      }
      history(first: 50) {
        type
        occurredAt
        by
        detail
      }
    }
  }
`);

export const EXCEPTIONS_MOVED = graphql(`
  subscription ExceptionsPageMoved($channel: String, $after: Cursor) {
    exceptionChanged(channel: $channel, after: $after) {
      cursor
      exception {
        id
        status
      }
    }
  }
`);

export const RESOLVE = graphql(`
  mutation ResolveExceptions($input: ResolveExceptionsInput!) {
    resolveExceptions(input: $input) {
      ... on ExceptionsResolved {
        duplicate
        taken
        outcomes {
          exceptionId
          taken
          changed
          code
          message
        }
      }
      ... on ExceptionInputInvalid {
        message
        errors {
          pointer
          detail
        }
      }
      ... on TooManyExceptions {
        message
      }
      ... on IdempotencyKeyReused {
        message
      }
    }
  }
`);

export const ASSIGN = graphql(`
  mutation AssignExceptions($input: AssignExceptionsInput!) {
    assignExceptions(input: $input) {
      id
      assignedTo
    }
  }
`);

export type ExceptionCard = ExceptionCardFragment;
export type ActionHint = ExceptionCard['actions'][number];
