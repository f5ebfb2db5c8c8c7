import type { ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';
import { graphql } from '../../generated/index.js';
import type { OrdersHoldingQuery } from '../../generated/graphql.js';
import {
  Badge,
  DataTable,
  EmptyState,
  FilterSelect,
  Pagination,
  QuantityBar,
  RelativeTime,
  StatusBadge,
  Toolbar,
  type Column,
} from '../../ui/index.js';
import { useCursorPages } from '../shared/cursor-pages.js';
import { Trouble } from '../shared/loaded.js';
import { orderPath } from '../shared/paths.js';
import { ORDER_TONE } from '../shared/states.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';

const ORDERS = graphql(`
  query OrdersHolding($filter: OrderFilter!, $after: Cursor) {
    orders(filter: $filter, sort: PLACED_ASC, first: 25, after: $after) {
      edges {
        node {
          id
          channel
          reference
          status
          placedAt
          overdue
          lines {
            id
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
            lines {
              sku
            }
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

const START = { node: '' };
const EVERY_MS = 5_000;

type Order = OrdersHoldingQuery['orders']['edges'][number]['node'];

interface OrdersTabProps {
  readonly sku: string;
  readonly nodes: readonly { readonly key: string; readonly name: string }[];
}

/** The orders in work that claim the item or wait for it, the first placed first: in the order in which they are served. */
export function OrdersTab({ sku, nodes }: OrdersTabProps): ReactElement {
  const { values, set } = useUrlState(START);
  const pages = useCursorPages();
  const navigate = useNavigate();
  const filter = { sku, completed: false, ...(values.node === '' ? {} : { node: values.node }) };
  const read = useRead(ORDERS, { filter, after: pages.after }, { everyMs: EVERY_MS });
  return (
    <div className="stack">
      <Toolbar label="Find orders">
        <FilterSelect
          label="Node"
          all="All nodes"
          value={values.node}
          options={nodes.map(({ key, name }) => ({ value: key, label: name }))}
          onChange={(node) => set({ node })}
        />
      </Toolbar>
      <Trouble read={read} />
      <DataTable
        caption="Orders in work that hold the item"
        columns={columnsFor(sku)}
        rows={read.data?.orders.edges.map(({ node }) => node)}
        keyOf={({ id }) => id}
        onOpen={({ id }) => void navigate(orderPath(id))}
        toneOf={({ overdue }) => (overdue ? 'bad' : undefined)}
        pageKeys
        stale={read.stale}
        empty={<EmptyState title="No order in work holds it" icon="check" />}
      />
      <Pagination
        hasNext={read.data?.orders.pageInfo.hasNextPage ?? false}
        hasPrevious={pages.hasPrevious}
        onNext={() => pages.next(read.data?.orders.pageInfo.endCursor)}
        onPrevious={pages.previous}
      />
    </div>
  );
}

function columnsFor(sku: string): readonly Column<Order>[] {
  return [
    {
      key: 'order',
      title: 'Order',
      phone: 'title',
      render: ({ id, reference }) => <Link to={orderPath(id)}>{reference}</Link>,
    },
    { key: 'channel', title: 'Channel', render: ({ channel }) => channel },
    {
      key: 'status',
      title: 'State',
      render: ({ status, overdue }) => (
        <span className="row">
          <StatusBadge status={status} tone={ORDER_TONE[status]} />
          {overdue && <Badge tone="bad">Late</Badge>}
        </span>
      ),
    },
    { key: 'units', title: 'Units of the item', width: '18rem', render: (order) => <Units order={order} sku={sku} /> },
    { key: 'nodes', title: 'Nodes', phone: 'extra', render: (order) => nodesOf(order, sku) },
    { key: 'placed', title: 'Placed', render: ({ placedAt }) => <RelativeTime at={placedAt} /> },
  ];
}

function Units({ order, sku }: { order: Order; sku: string }): ReactElement {
  // An order may hold the item as part of a kit alone: then its lines have other items.
  const own = order.lines.filter((line) => line.sku === sku);
  const lines = own.length === 0 ? order.lines : own;
  const sum = (part: (quantities: Order['lines'][number]['quantities']) => number): number =>
    lines.reduce((total, { quantities }) => total + part(quantities), 0);
  return (
    <>
      <QuantityBar
        label={`Units of ${order.reference}`}
        segments={[
          { label: 'Waits', quantity: sum(({ open }) => open), tone: 'warn' },
          { label: 'Reserved', quantity: sum(({ reserved }) => reserved), tone: 'info' },
          {
            label: 'At the warehouse',
            quantity: sum(({ released, picked, packed }) => released + picked + packed),
            tone: 'held',
          },
          { label: 'Shipped', quantity: sum(({ shipped, external }) => shipped + external), tone: 'ok' },
          { label: 'Cancelled', quantity: sum(({ cancelled }) => cancelled), tone: 'neutral' },
        ]}
      />
      {own.length === 0 && <span className="faint small">as part of a kit</span>}
    </>
  );
}

function nodesOf(order: Order, sku: string): string {
  const nodes = order.fulfillmentOrders
    .filter(({ lines }) => lines.some((line) => line.sku === sku))
    .map(({ node }) => node);
  return nodes.length === 0 ? '–' : [...new Set(nodes)].join(', ');
}
