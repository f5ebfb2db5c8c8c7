import { useEffect, useRef, useState } from 'react';
import { useQuery, type CombinedError } from 'urql';
import { graphql } from '../../generated/index.js';
import type { MovingOrderFragment } from '../../generated/graphql.js';
import { useLive } from '../../live/use-live.js';

export const MOVING_ORDER = graphql(`
  fragment MovingOrder on Order {
    id
    channel
    reference
    displayReference
    status
    version
  }
`);

const LATEST = graphql(`
  query LatestOrders {
    orders(first: 12, sort: UPDATED_DESC) {
      edges {
        node {
          ...MovingOrder
          updatedAt
        }
      }
    }
  }
`);

const MOVED = graphql(`
  subscription OrdersMove($channel: String, $after: Cursor) {
    orderChanged(channel: $channel, after: $after) {
      cursor
      event {
        type
        recordedAt
      }
      order {
        ...MovingOrder
      }
    }
  }
`);

/** An order, and the last that happened to it. */
export interface MovingOrder {
  readonly order: MovingOrderFragment;
  readonly at: string;
  /** Absent for orders that did not move since the page was opened. */
  readonly event?: string;
}

export interface LatestOrders {
  readonly orders: readonly MovingOrder[] | undefined;
  readonly error: CombinedError | undefined;
}

const SHOWN_MAX = 12;
/** However many events come in a second, the list is drawn so often at most. */
const DRAW_MS = 400;

/** The orders that moved last, live. */
export function useLatestOrders(): LatestOrders {
  const [{ data, error }, read] = useQuery({ query: LATEST });
  const [moved, setMoved] = useState<readonly MovingOrder[]>([]);
  const waiting = useRef<MovingOrder[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const draw = (): void => {
    timer.current = undefined;
    const fresh = waiting.current.splice(0);
    setMoved((shown) => latestOf([...fresh.toReversed(), ...shown]));
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useLive(
    MOVED,
    {},
    {
      onEvent: ({ event, order }) => {
        if (order === null) return;
        waiting.current.push({ order, at: event.recordedAt, event: event.type });
        timer.current ??= setTimeout(draw, DRAW_MS);
      },
      onGap: () => read({ requestPolicy: 'network-only' }),
    },
  );
  const known = data?.orders.edges.map(({ node }) => ({ order: node, at: node.updatedAt }));
  return { orders: known === undefined ? undefined : latestOf([...moved, ...known]), error };
}

/** Each order once, as it was seen last; the latest first. */
export function latestOf(seen: readonly MovingOrder[]): readonly MovingOrder[] {
  const byId = new Map<string, MovingOrder>();
  for (const one of seen) {
    const known = byId.get(one.order.id);
    if (known === undefined || known.order.version < one.order.version) byId.set(one.order.id, one);
  }
  return [...byId.values()].toSorted((one, other) => other.at.localeCompare(one.at)).slice(0, SHOWN_MAX);
}
