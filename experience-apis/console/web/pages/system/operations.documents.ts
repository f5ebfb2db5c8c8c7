import { graphql } from '../../generated/index.js';

export const PAUSE = graphql(`
  mutation PauseOperations($input: OperationsInput!) {
    pauseOperations(input: $input) {
      ... on OperationsChanged {
        operations {
          id
          paused
          pausedReason
        }
      }
      ... on OperationNotFound {
        message
      }
    }
  }
`);

export const RESUME = graphql(`
  mutation ResumeOperations($input: OperationsInput!) {
    resumeOperations(input: $input) {
      ... on OperationsChanged {
        operations {
          id
          paused
          pausedReason
        }
      }
      ... on OperationNotFound {
        message
      }
    }
  }
`);
