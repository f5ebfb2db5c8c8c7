import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { Page } from '../../app/page.js';
import { useSession } from '../../auth/session.js';
import type { ExceptionPageQuery } from '../../generated/graphql.js';
import { useLive } from '../../live/use-live.js';
import { useReadAgain } from '../../live/use-read-again.js';
import {
  Badge,
  Card,
  CopyText,
  EmptyState,
  Facts,
  Instant,
  plainWords,
  RelativeTime,
  StatusBadge,
  Timeline,
  Trail,
  type TimelineEntry,
} from '../../ui/index.js';
import { runbookOf } from '../exceptions/action-words.js';
import { AssignActions } from '../exceptions/assign-actions.js';
import { ExceptionActions } from '../exceptions/exception-actions.js';
import { SeverityBadge } from '../exceptions/exception-card.js';
import { EXCEPTION_PAGE, EXCEPTIONS_MOVED } from '../exceptions/exception.documents.js';
import { Loaded } from '../shared/loaded.js';
import { channelPath, itemPath, orderPath } from '../shared/paths.js';
import { ORDER_TONE } from '../shared/states.js';
import { useRead } from '../shared/use-read.js';
import '../exceptions/exceptions.css';

type PageException = NonNullable<ExceptionPageQuery['exception']>;

/** One exception: what is wrong, why it matters, what it can be judged by, and what can be done. */
export default function ExceptionPage(): ReactElement {
  const { id = '' } = useParams();
  const { scopes } = useSession();
  const read = useRead(EXCEPTION_PAGE, { id, orders: scopes.has('orders:read') });
  const again = useReadAgain(read.again);
  useLive(
    EXCEPTIONS_MOVED,
    {},
    {
      onEvent: ({ exception }) => {
        if (exception?.id === id) again();
      },
      onGap: again,
    },
  );
  const exception = read.data?.exception;
  return (
    <Page title={exception?.title ?? 'Exception'} aside={exception ? <State exception={exception} /> : undefined}>
      <Trail>
        <Link to="/exceptions">Exceptions</Link>
        {exception ? (
          <Link to={`/exceptions?category=${exception.category}&groupKey=${encodeURIComponent(exception.groupKey)}`}>
            All of this cause
          </Link>
        ) : null}
      </Trail>
      <Loaded read={read} lines={10}>
        {(data) =>
          data.exception ? (
            <Body exception={data.exception} onDone={read.again} />
          ) : (
            <EmptyState title="There is no such exception">Or it is about a channel that you may not see.</EmptyState>
          )
        }
      </Loaded>
    </Page>
  );
}

function State({ exception: { status, severity, overdue } }: { exception: PageException }): ReactElement {
  return (
    <span className="row" role="status">
      {status === 'OPEN' ? <SeverityBadge severity={severity} /> : <StatusBadge status={status} tone="ok" />}
      {overdue ? (
        <Badge tone="bad" icon="clock">
          Late
        </Badge>
      ) : null}
    </span>
  );
}

function Body({ exception, onDone }: { exception: PageException; onDone: () => void }): ReactElement {
  const { id, sentence, why, actions, assignedTo, status, endedBecause, endedBy, endedAt } = exception;
  return (
    <div className="aside-layout">
      <div className="stack">
        <Card title="What is wrong">
          <div className="stack">
            <p className="wrap-anywhere">{sentence}</p>
            <p className="muted">{why}</p>
            {status === 'OPEN' ? (
              <div className="row-apart">
                <ExceptionActions actions={actions} target={{ ids: [id] }} about={sentence} onDone={onDone} />
                <AssignActions ids={[id]} assignedTo={assignedTo ?? null} onDone={onDone} />
              </div>
            ) : (
              <p className="muted">
                Ended by {endedBy ?? 'the hub'} <RelativeTime at={endedAt} />
                {endedBecause ? `: ${endedBecause}` : ''}
              </p>
            )}
          </div>
        </Card>
        <Evidence evidence={exception.evidence} />
        <Card title="History">
          <Timeline label="History of the exception" entries={exception.history.map(entryOf)} />
        </Card>
      </div>
      <div className="stack">
        <About exception={exception} />
        <Card title="Runbook" about="How people solve this kind of problem, step by step.">
          <CopyText text={runbookOf(exception.category)} what="path of the runbook" />
        </Card>
      </div>
    </div>
  );
}

function About({ exception }: { exception: PageException }): ReactElement {
  const { subject, order, owner, assignedTo, raisedAt, raised, dueAt, category } = exception;
  const { channel, sku, listingSku, node, system, operation, messageId, orderId } = subject;
  return (
    <Card title="About">
      <Facts
        entries={[
          [
            'Order',
            order ? <OrderLink key="order" order={order} /> : orderId ? <OrderIdLink key="id" id={orderId} /> : null,
          ],
          [
            'Channel',
            channel ? (
              <Link key="channel" to={channelPath(channel)}>
                {channel}
              </Link>
            ) : null,
          ],
          ['Listing', listingSku ? <CopyText key="listing" text={listingSku} what="listing" /> : null],
          [
            'Item',
            sku ? (
              <Link key="sku" to={itemPath(sku)}>
                {sku}
              </Link>
            ) : null,
          ],
          ['Node', node ?? null],
          ['System', system ? [system, operation].filter(Boolean).join(': ') : null],
          ['Message', messageId ? <CopyText key="message" text={messageId} what="message id" /> : null],
          ['Kind', plainWords(category)],
          ['For', plainWords(owner)],
          ['Taken over by', assignedTo ?? 'nobody'],
          ['Raised', <Instant key="raised" at={raisedAt} />],
          ['Told', raised === 1 ? 'once' : `${raised} times`],
          ['Due', <Instant key="due" at={dueAt} />],
        ]}
      />
    </Card>
  );
}

function OrderLink({ order }: { order: NonNullable<PageException['order']> }): ReactElement {
  return (
    <span className="row">
      <Link to={orderPath(order.id)}>{order.displayReference ?? order.reference}</Link>
      <StatusBadge status={order.status} tone={ORDER_TONE[order.status]} />
    </span>
  );
}

function OrderIdLink({ id }: { id: string }): ReactElement {
  return <Link to={orderPath(id)}>…{id.slice(-12)}</Link>;
}

function Evidence({ evidence }: Pick<PageException, 'evidence'>): ReactElement {
  return (
    <Card title="Evidence" about="What names a person is hidden.">
      {evidence.length === 0 ? <p className="muted">Nothing is kept that it could be judged by.</p> : null}
      <ul className="stack">
        {evidence.map(({ kind, source, what, at, call, status, sent, answer }) => (
          <li key={`${kind} ${source} ${what} ${at}`} className="stack-tight">
            <div className="row-apart">
              <strong>
                {kind === 'MESSAGE' ? 'Message' : 'Call'} {what} <span className="muted">{source}</span>
              </strong>
              <span className="row">
                {status ? <Badge tone={status >= 400 ? 'bad' : 'ok'}>{status}</Badge> : null}
                <Instant at={at} />
              </span>
            </div>
            {call ? <code className="wrap-anywhere small">{call}</code> : null}
            {sent ? <Payload title={kind === 'MESSAGE' ? 'The message' : 'What was sent'} text={sent} /> : null}
            {answer ? <Payload title="What was answered" text={answer} /> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Payload({ title, text }: { title: string; text: string }): ReactElement {
  return (
    <details>
      <summary>{title}</summary>
      <pre className="code-block">{text}</pre>
    </details>
  );
}

function entryOf({ type, occurredAt, by, detail }: PageException['history'][number]): TimelineEntry {
  const reason = detail['reason'] ?? detail['because'] ?? detail['sentence'];
  return {
    key: `${type} ${occurredAt}`,
    at: occurredAt,
    title: plainWords(type.replace(/^Exception/, '')),
    by: by ?? 'hub',
    tone: type === 'ExceptionResolved' ? 'ok' : type === 'ExceptionRaised' ? 'warn' : 'info',
    ...(typeof reason === 'string' ? { detail: <span className="wrap-anywhere">{reason}</span> } : {}),
  };
}
