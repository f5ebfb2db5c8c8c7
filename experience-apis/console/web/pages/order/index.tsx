import type { ReactElement } from 'react';
import { useParams } from 'react-router';
import { Link } from 'react-router';
import { Page } from '../../app/page.js';
import { useSession } from '../../auth/session.js';
import { useLive } from '../../live/use-live.js';
import { useReadAgain } from '../../live/use-read-again.js';
import {
  Badge,
  Card,
  EmptyState,
  Instant,
  Notice,
  SkeletonLines,
  StatusBadge,
  Tabs,
  Trail,
  type Tab,
} from '../../ui/index.js';
import { ExceptionCard } from '../exceptions/exception-card.js';
import { AsOfField, instantOf } from '../shared/as-of-field.js';
import { Trouble } from '../shared/loaded.js';
import { ORDER_TONE } from '../shared/states.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import { OrderActions } from './actions/order-actions.js';
import { FulfillmentCard } from './fulfillment-card.js';
import { LineageTab } from './lineage-tab.js';
import { LinesCard } from './lines-card.js';
import { HoldsCard, OrderFactsCard } from './order-aside.js';
import { Steps, Where } from './order-summary.js';
import { ORDER_MOVED, ORDER_PAGE, type PageOrder } from './order.documents.js';
import { PersonsCard } from './persons-card.js';
import { FactsTab, MessagesTab, TasksTab } from './records-tabs.js';
import { ReferencesTab } from './references-tab.js';
import { TimelineTab } from './timeline-tab.js';
import '../exceptions/exceptions.css';
import './order.css';

const START = { tab: 'timeline', asOf: '' };

/** One order: where it is, what it waits for, what happened, and what can be done. */
export default function OrderPage(): ReactElement {
  const { id = '' } = useParams();
  const { scopes } = useSession();
  const { values, set } = useUrlState(START);
  const asOf = instantOf(values.asOf);
  const read = useRead(ORDER_PAGE, { id, asOf, exceptions: scopes.has('exceptions:read') });
  const again = useReadAgain(read.again);
  useLive(ORDER_MOVED, { orderId: id }, { onEvent: again, onGap: again, enabled: asOf === null });
  const order = read.data?.order;
  return (
    <Page
      title={order ? (order.displayReference ?? order.reference) : 'Order'}
      aside={order ? <Status order={order} /> : undefined}
    >
      <Trail>
        <Link to="/orders">Orders</Link>
        {order ? <Link to={`/orders?channel=${encodeURIComponent(order.channel)}`}>{order.channel}</Link> : null}
      </Trail>
      <div className="stack">
        <Trouble read={read} />
        {read.data === undefined ? read.error === undefined && <SkeletonLines lines={12} /> : null}
        {order === null ? <NoOrder asOf={asOf} onNow={() => set({ asOf: '' })} /> : null}
        {order ? (
          <OrderBody order={order} tab={values.tab} asOf={values.asOf} onChange={set} onDone={read.again} />
        ) : null}
      </div>
    </Page>
  );
}

function Status({ order }: { order: PageOrder }): ReactElement {
  return (
    <span className="row" role="status">
      <StatusBadge status={order.status} tone={ORDER_TONE[order.status]} />
      {order.overdue ? (
        <Badge tone="bad" icon="clock">
          Late
        </Badge>
      ) : null}
    </span>
  );
}

function NoOrder({ asOf, onNow }: { asOf: string | null; onNow: () => void }): ReactElement {
  if (asOf === null)
    return <EmptyState title="There is no such order">Or it is of a channel that you may not see.</EmptyState>;
  return (
    <EmptyState
      title="The order did not exist then"
      icon="clock"
      action={
        <button type="button" className="button button-secondary" onClick={onNow}>
          Back to now
        </button>
      }
    />
  );
}

interface BodyProps {
  readonly order: PageOrder;
  readonly tab: string;
  readonly asOf: string;
  readonly onChange: (changes: { tab?: string; asOf?: string }) => void;
  readonly onDone: () => void;
}

function OrderBody({ order, tab, asOf, onChange, onDone }: BodyProps): ReactElement {
  const past = order.asOf !== null && order.asOf !== undefined;
  const open = past ? [] : (order.exceptions?.filter(({ status }) => status === 'OPEN') ?? []);
  return (
    <>
      {past ? (
        <Notice tone="held" icon="clock">
          The order as the hub knew it at <Instant at={order.asOf} />. Nothing can be done to the past.
        </Notice>
      ) : null}
      <Where order={order} />
      <Steps order={order} />
      {past ? null : <OrderActions order={order} onDone={onDone} />}
      {open.map((exception) => (
        <ExceptionCard key={exception.id} exception={exception} onDone={onDone} />
      ))}
      <div className="aside-layout">
        <div className="stack">
          <LinesCard order={order} />
          <FulfillmentCard order={order} />
          <Card flush>
            <Tabs
              label="Records of the order"
              tabs={useTabs(order, (at) => onChange({ asOf: at.replace('Z', '') }))}
              open={tab}
              onOpen={(key) => onChange({ tab: key })}
            />
          </Card>
        </div>
        <div className="stack">
          <OrderFactsCard order={order} />
          <HoldsCard order={order} onDone={onDone} />
          {past ? null : <PersonsCard key={order.id} order={order} />}
          <Card title="Time travel" about="The order as it was, rebuilt from its events.">
            <AsOfField value={asOf} onChange={(value) => onChange({ asOf: value })} />
          </Card>
        </div>
      </div>
    </>
  );
}

/** Records that the role may not see have no tab. */
function useTabs(order: PageOrder, onTravel: (at: string) => void): readonly Tab[] {
  const { scopes } = useSession();
  const { id, version, timeline, exceptions = [] } = order;
  const records: readonly Tab[] = [
    { key: 'tasks', title: 'Tasks', content: () => <TasksTab id={id} version={version} /> },
    { key: 'messages', title: 'Messages', content: () => <MessagesTab id={id} version={version} /> },
    { key: 'facts', title: 'Facts', content: () => <FactsTab id={id} version={version} /> },
    { key: 'lineage', title: 'Who set it', content: () => <LineageTab id={id} /> },
  ];
  const past: readonly Tab[] =
    exceptions.length === 0
      ? []
      : [
          {
            key: 'exceptions',
            title: 'Exceptions',
            count: exceptions.length,
            content: () => (
              <div className="stack order-tab">
                {exceptions.map((exception) => (
                  <ExceptionCard key={exception.id} exception={exception} onDone={() => undefined} />
                ))}
              </div>
            ),
          },
        ];
  return [
    {
      key: 'timeline',
      title: 'Timeline',
      count: timeline.length,
      content: () => (
        <div className="order-tab">
          <TimelineTab timeline={timeline} onTravel={onTravel} />
        </div>
      ),
    },
    { key: 'references', title: 'References', content: () => <ReferencesTab order={order} /> },
    ...past,
    ...(scopes.has('operations:read') && order.asOf === null ? records : []),
  ];
}
