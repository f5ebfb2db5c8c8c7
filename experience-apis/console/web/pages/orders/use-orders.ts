import { useRef, useState } from 'react';
import { useSession } from '../../auth/session.js';
import type { OrderFilter, OrderSort } from '../../generated/graphql.js';
import { useLive } from '../../live/use-live.js';
import { useRead, type Read } from '../shared/use-read.js';
import { ORDERS, ORDERS_MOVED, type OrderRow } from './orders.documents.js';
import type { OrdersPageQuery } from '../../generated/graphql.js';

export interface Orders {
  readonly read: Read<OrdersPageQuery>;
  readonly rows: readonly OrderRow[] | undefined;
  /** Orders that were taken in since the list was read. */
  readonly arrived: number;
  readonly hasNext: boolean;
  readonly endCursor: string | null | undefined;
  /** Reads the list anew, with what arrived. */
  readonly again: () => void;
}

interface Wanted {
  readonly filter: OrderFilter;
  readonly sort: OrderSort;
  readonly after: string | null;
}

/** A page of orders. Its rows move on live; new ones wait until they are asked for, so that nothing jumps under the hand. */
export function useOrders({ filter, sort, after }: Wanted): Orders {
  const exceptions = useSession().scopes.has('exceptions:read');
  const read = useRead(ORDERS, { filter, sort, after, exceptions });
  const moved = useMovedRows(filter.channel ?? undefined, read.again);
  const page = read.data?.orders;
  return {
    read,
    rows: page?.edges.map(({ node }) => newest(node, moved.byId.get(node.id))),
    arrived: moved.arrived,
    hasNext: page?.pageInfo.hasNextPage ?? false,
    endCursor: page?.pageInfo.endCursor,
    again: () => {
      moved.forget();
      read.again();
    },
  };
}

/** What moved keeps the exceptions that were read with the page. */
function newest(read: OrderRow, moved: OrderRow | undefined): OrderRow {
  return moved === undefined || moved.version <= read.version ? read : { ...read, ...moved };
}

interface Moved {
  readonly byId: ReadonlyMap<string, OrderRow>;
  readonly arrived: number;
}

const NOTHING: Moved = { byId: new Map(), arrived: 0 };
const KEPT_MAX = 500;
/** However many events come in a second, the list is drawn so often at most. */
const DRAW_MS = 300;

function useMovedRows(channel: string | undefined, onGap: () => void): Moved & { readonly forget: () => void } {
  const [moved, setMoved] = useState<Moved>(NOTHING);
  const waiting = useRef<{ rows: OrderRow[]; arrived: number }>({ rows: [], arrived: 0 });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const draw = (): void => {
    timer.current = undefined;
    const { rows, arrived } = waiting.current;
    waiting.current = { rows: [], arrived: 0 };
    setMoved((known) => ({
      byId: new Map([...known.byId, ...rows.map((row) => [row.id, row] as const)].slice(-KEPT_MAX)),
      arrived: known.arrived + arrived,
    }));
  };
  useLive(ORDERS_MOVED, channel === undefined ? {} : { channel }, {
    onEvent: ({ event, order }) => {
      if (order === null || order === undefined) return;
      waiting.current.rows.push(order);
      if (event.type === 'OrderAccepted') waiting.current.arrived += 1;
      timer.current ??= setTimeout(draw, DRAW_MS);
    },
    onGap,
  });
  return { ...moved, forget: () => setMoved(NOTHING) };
}
