import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { troubleOf } from '../../app/trouble.js';
import {
  Card,
  DataTable,
  EmptyState,
  ErrorState,
  plainWords,
  RelativeTime,
  StatusBadge,
  type Column,
} from '../../ui/index.js';
import { orderPath } from '../shared/paths.js';
import { ORDER_TONE } from '../shared/states.js';
import { useLatestOrders, type MovingOrder } from './use-latest-orders.js';

const COLUMNS: readonly Column<MovingOrder>[] = [
  {
    key: 'order',
    title: 'Order',
    phone: 'title',
    render: ({ order }) => (
      <Link className="latest-order" to={orderPath(order.id)} title={order.reference}>
        {order.displayReference ?? order.reference}
      </Link>
    ),
  },
  {
    key: 'status',
    title: 'Status',
    phone: 'beside',
    render: ({ order: { status } }) => <StatusBadge status={status} tone={ORDER_TONE[status]} />,
  },
  {
    key: 'event',
    title: 'What happened',
    wrap: true,
    render: ({ event }) => (event === undefined ? <span className="faint">–</span> : plainWords(event)),
  },
  { key: 'at', title: 'When', align: 'end', render: ({ at }) => <RelativeTime at={at} /> },
];

/** The orders that moved last, as they move. */
export function LatestOrders(): ReactElement {
  const { orders, error } = useLatestOrders();
  return (
    <Card title="Latest orders" flush actions={<Link to="/orders">All orders</Link>}>
      {error === undefined ? null : <ErrorState {...troubleOf(error)} />}
      <DataTable
        caption="Orders that moved last"
        columns={COLUMNS}
        rows={orders}
        keyOf={({ order }) => order.id}
        empty={<EmptyState title="No orders yet">The first appears here by itself.</EmptyState>}
      />
    </Card>
  );
}
