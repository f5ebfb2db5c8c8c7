import type { ReactElement } from 'react';
import { Link } from 'react-router';
import {
  Badge,
  Elapsed,
  Money,
  plainWords,
  RelativeTime,
  StatusBadge,
  type Column,
  type Tone,
} from '../../ui/index.js';
import { channelPath, orderPath } from '../shared/paths.js';
import { ORDER_TONE } from '../shared/states.js';
import type { OrderRow } from './orders.documents.js';

export const ORDER_COLUMNS: readonly Column<OrderRow>[] = [
  {
    key: 'order',
    title: 'Order',
    phone: 'title',
    render: (order) => <Link to={orderPath(order.id)}>{order.displayReference ?? order.reference}</Link>,
  },
  {
    key: 'channel',
    title: 'Channel',
    phone: 'extra',
    render: ({ channel }) => <Link to={channelPath(channel)}>{channel}</Link>,
  },
  { key: 'status', title: 'Status', phone: 'beside', render: (order) => <OrderState order={order} /> },
  { key: 'waits', title: 'Waits for', render: (order) => <WaitsFor order={order} /> },
  {
    key: 'lines',
    title: 'Units',
    align: 'end',
    phone: 'extra',
    render: ({ lines }) => lines.reduce((sum, { ordered }) => sum + ordered, 0),
  },
  {
    key: 'nodes',
    title: 'Nodes',
    phone: 'extra',
    render: ({ fulfillmentOrders }) => {
      const nodes = [...new Set(fulfillmentOrders.map(({ node }) => node))];
      return nodes.length === 0 ? <span className="faint">–</span> : nodes.join(', ');
    },
  },
  {
    key: 'total',
    title: 'Total',
    align: 'end',
    phone: 'extra',
    render: ({ grandTotal }) => (grandTotal ? <Money {...grandTotal} /> : <span className="faint">–</span>),
  },
  { key: 'placed', title: 'Placed', align: 'end', render: ({ placedAt }) => <RelativeTime at={placedAt} /> },
];

/** What asks for attention: late steps, then exceptions, then holds. */
export function toneOfOrder({ overdue, exceptions, holds }: OrderRow): Tone | undefined {
  if (overdue) return 'bad';
  if (exceptions?.some(({ status }) => status === 'OPEN') === true) return 'warn';
  return holds.some(({ releasedAt }) => releasedAt === null || releasedAt === undefined) ? 'held' : undefined;
}

function OrderState({ order: { status, overdue, dueAt, exceptions, holds } }: { order: OrderRow }): ReactElement {
  const open = exceptions?.filter((exception) => exception.status === 'OPEN') ?? [];
  const hold = holds.find(({ releasedAt }) => releasedAt === null || releasedAt === undefined);
  return (
    <span className="row">
      <StatusBadge status={status} tone={ORDER_TONE[status]} />
      {overdue && (
        <Badge tone="bad" icon="clock" title={dueAt ?? undefined}>
          Late
        </Badge>
      )}
      {hold !== undefined && (
        <Badge tone="held" icon="pause" title={hold.reason}>
          Held
        </Badge>
      )}
      {open.length > 0 && (
        <Badge tone="warn" icon="alert" title={open.map(({ title }) => title).join('\n')}>
          {open.length === 1 ? (open[0]?.title ?? '') : `${open.length} exceptions`}
        </Badge>
      )}
    </span>
  );
}

function WaitsFor({ order: { waitingOn, completedAt } }: { order: OrderRow }): ReactElement {
  const oldest = waitingOn.toSorted((one, other) => one.since.localeCompare(other.since))[0];
  if (oldest === undefined) return <span className="faint">{completedAt ? 'Done' : '–'}</span>;
  return (
    <span title={waitingOn.map(({ reason }) => reason).join('\n')}>
      {plainWords(oldest.system)} <span className="faint">·</span> <Elapsed since={oldest.since} />
      {waitingOn.length > 1 && <span className="faint"> +{waitingOn.length - 1}</span>}
    </span>
  );
}
