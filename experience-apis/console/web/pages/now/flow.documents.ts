import { graphql } from '../../generated/index.js';
import type { FlowPictureFragment } from '../../generated/graphql.js';

export const FLOW_PICTURE = graphql(`
  fragment FlowPicture on Flow {
    asOf
    cursor
    stages {
      stage
      title
      orders
      enteredLastMinute
      enteredLastHour
      leftLastMinute
      leftLastHour
      oldestSince
      overdue
      tasksWaiting
      jams {
        system
        reason
        since
        orders
      }
    }
    channels {
      channel
      name
      acceptedLastMinute
      acceptedLastHour
      openOrders
      lastAcceptedAt
    }
  }
`);

export const FLOW = graphql(`
  query Flow($channel: String) {
    flow(channel: $channel) {
      ...FlowPicture
    }
  }
`);

export const FLOW_CHANGED = graphql(`
  subscription FlowChanged($channel: String, $after: Cursor) {
    flowChanged(channel: $channel, after: $after) {
      ...FlowPicture
    }
  }
`);

export type Flow = FlowPictureFragment;
export type FlowStage = Flow['stages'][number];
export type FlowChannel = Flow['channels'][number];
