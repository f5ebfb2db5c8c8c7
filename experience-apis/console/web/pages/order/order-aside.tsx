import { useState, type ReactElement } from 'react';
import { Link } from 'react-router';
import { useSession } from '../../auth/session.js';
import {
  Badge,
  Button,
  Card,
  CopyText,
  Facts,
  Instant,
  Money,
  plainWords,
  RelativeTime,
  StatusBadge,
  type Tone,
} from '../../ui/index.js';
import type { ErpStatus } from '../../generated/graphql.js';
import { channelPath } from '../shared/paths.js';
import { ReleaseDialog } from './actions/hold-dialogs.js';
import type { PageOrder } from './order.documents.js';

const ERP_TONE: Readonly<Record<ErpStatus, Tone>> = {
  NONE: 'neutral',
  REQUESTED: 'info',
  POSTED: 'info',
  CONFIRMED: 'ok',
  REJECTED: 'bad',
  NOT_NEEDED: 'neutral',
};

/** What the order is: its names, dates and amounts. */
export function OrderFactsCard({ order }: { order: PageOrder }): ReactElement {
  const {
    channel,
    reference,
    placedAt,
    shipMethod,
    shipBy,
    deliverBy,
    grandTotal,
    erp,
    refunds,
    completedAt,
    charges,
  } = order;
  return (
    <Card title="Order">
      <Facts
        entries={[
          [
            'Channel',
            <Link key="channel" to={channelPath(channel)}>
              {channel}
            </Link>,
          ],
          ['Channel’s id', <CopyText key="reference" text={reference} what="the channel's id" />],
          ['Hub’s id', <CopyText key="id" text={order.id} shown={`…${order.id.slice(-12)}`} what="the hub's id" />],
          ['Placed', <Instant key="placed" at={placedAt} />],
          ['Ship method', shipMethod ? plainWords(shipMethod) : null],
          ['Ship by', shipBy ? <Dated key="ship by" at={shipBy} /> : null],
          ['Deliver by', deliverBy ? <Dated key="deliver by" at={deliverBy} /> : null],
          ['Total', grandTotal ? <Money key="total" {...grandTotal} /> : null],
          ['Of that', charges.length > 0 ? <Charges key="of that" charges={charges} /> : null],
          [
            'ERP',
            <StatusBadge key="erp" status={erp.status} tone={ERP_TONE[erp.status]} title={erp.reason ?? undefined} />,
          ],
          [
            'Sales order',
            erp.salesOrder ? <CopyText key="sales order" text={erp.salesOrder} what="sales order" /> : null,
          ],
          ['ERP says', erp.reason ?? null],
          ...refunds.map(({ reference: id, amount }) => [`Refund ${id}`, <Money key={id} {...amount} />] as const),
          ['Done', completedAt ? <Instant key="done" at={completedAt} /> : null],
        ]}
      />
    </Card>
  );
}

function Charges({ charges }: Pick<PageOrder, 'charges'>): ReactElement {
  return (
    <span>
      {charges.map(({ label, kind, amount }) => (
        <span key={`${kind} ${label} ${amount.decimal}`} className="order-charge">
          <Money {...amount} /> <span className="muted">{label === '' ? plainWords(kind) : label}</span>
        </span>
      ))}
    </span>
  );
}

function Dated({ at }: { at: string }): ReactElement {
  return (
    <span>
      <Instant at={at} />{' '}
      <span className="faint">
        (<RelativeTime at={at} />)
      </span>
    </span>
  );
}

type Hold = PageOrder['holds'][number];

/** What stopped the order; those that stand come first and can be released right there. */
export function HoldsCard({ order, onDone }: { order: PageOrder; onDone: () => void }): ReactElement | null {
  const [releasing, setReleasing] = useState<Hold>();
  if (order.holds.length === 0) return null;
  return (
    <Card title="Holds">
      <ul className="stack">
        {order.holds.map((hold) => (
          <HoldEntry key={hold.id} hold={hold} onRelease={() => setReleasing(hold)} />
        ))}
      </ul>
      {releasing === undefined ? null : (
        <ReleaseDialog order={order} hold={releasing} onClose={() => setReleasing(undefined)} onDone={onDone} />
      )}
    </Card>
  );
}

function HoldEntry({ hold, onRelease }: { hold: Hold; onRelease: () => void }): ReactElement {
  const { scopes } = useSession();
  const stands = hold.releasedAt === null || hold.releasedAt === undefined;
  return (
    <li className="stack-tight">
      <div className="row-apart">
        <Badge tone={stands ? 'held' : 'neutral'} icon={stands ? 'pause' : 'check'}>
          {plainWords(hold.kind)}
        </Badge>
        {stands && scopes.has('orders:write') && scopes.has('exceptions:resolve') ? (
          <Button size="sm" onClick={onRelease}>
            Release…
          </Button>
        ) : null}
      </div>
      <p className="wrap-anywhere">{hold.reason}</p>
      <p className="small muted">
        Placed by {hold.placedBy} <RelativeTime at={hold.placedAt} />
        {stands ? '' : `, released by ${hold.releasedBy ?? 'the hub'}`}
      </p>
    </li>
  );
}
