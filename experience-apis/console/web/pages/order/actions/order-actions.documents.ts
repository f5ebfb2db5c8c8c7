import { graphql } from '../../../generated/index.js';

export const ACTION_RESULT = graphql(`
  fragment ActionResult on OrderActionResult {
    ... on OrderActionTaken {
      changed
      duplicate
      order {
        id
        version
        status
      }
    }
    ... on OrderNotFound {
      message
    }
    ... on OrderActionRejected {
      message
    }
    ... on IdempotencyKeyReused {
      message
    }
    ... on OrderActionInputInvalid {
      message
      errors {
        pointer
        detail
      }
    }
  }
`);

export const CANCEL = graphql(`
  mutation CancelOrder($input: CancelOrderInput!) {
    result: cancelOrder(input: $input) {
      ...ActionResult
    }
  }
`);

export const RETRY = graphql(`
  mutation RetryOrder($input: RetryOrderInput!) {
    result: retryOrder(input: $input) {
      ...ActionResult
    }
  }
`);

export const PLACE_HOLD = graphql(`
  mutation PlaceHold($input: PlaceHoldInput!) {
    result: placeHold(input: $input) {
      ...ActionResult
    }
  }
`);

export const RELEASE_HOLD = graphql(`
  mutation ReleaseHold($input: ReleaseHoldInput!) {
    result: releaseHold(input: $input) {
      ...ActionResult
    }
  }
`);

export const CORRECT_ADDRESS = graphql(`
  mutation CorrectAddress($input: CorrectAddressInput!) {
    result: correctAddress(input: $input) {
      ...ActionResult
    }
  }
`);

export const CORRECT_SHIP_METHOD = graphql(`
  mutation CorrectShipMethod($input: CorrectShipMethodInput!) {
    result: correctShipMethod(input: $input) {
      ...ActionResult
    }
  }
`);

export const RE_SOURCE = graphql(`
  mutation ReSource($input: ReSourceInput!) {
    result: reSource(input: $input) {
      ...ActionResult
    }
  }
`);
