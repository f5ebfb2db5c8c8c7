import type { ReactElement } from 'react';
import { Duration, Elapsed, Icon, Instant, Notice, plainWords, useClock } from '../../ui/index.js';
import type { PageOrder } from './order.documents.js';
import { stepsOf } from './steps.js';

/** The way of the order through the systems, with the time that each step took. */
export function Steps({ order }: { order: PageOrder }): ReactElement {
  const steps = stepsOf(order.placedAt, order.timeline);
  const next = steps.findIndex(({ at }) => at === undefined);
  const cancelled = order.status === 'CANCELLED';
  return (
    <ol className="order-steps" aria-label="Steps of the order">
      {steps.map(({ title, at, took }, index) => (
        <li
          key={title}
          className="order-step"
          data-state={at !== undefined ? 'done' : index === next && !cancelled ? 'now' : 'open'}
          aria-current={index === next && !cancelled ? 'step' : undefined}
        >
          <span className="order-step-title">
            {at === undefined ? null : <Icon name="check" size={12} />}
            {title}
          </span>
          <span className="order-step-time">
            {at === undefined ? (
              <span className="faint">{index === next && !cancelled ? 'under way' : '–'}</span>
            ) : (
              <span title={at}>
                <Duration ms={took} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** What the order waits for and since when; that is the first thing that anybody asks. */
export function Waits({ order }: { order: PageOrder }): ReactElement | null {
  const { waitingOn, overdue, dueAt, asOf } = order;
  if (waitingOn.length === 0) return null;
  return (
    <Notice tone={overdue ? 'bad' : 'info'} icon={overdue ? 'alert' : 'clock'}>
      <ul className="stack-tight" aria-label="What the order waits for">
        {waitingOn.map(({ key, system, since, reason, lastError }) => (
          <li key={key}>
            <strong>{plainWords(system)}</strong> for{' '}
            {asOf ? <Since from={since} to={asOf} /> : <Elapsed since={since} />}:{' '}
            <span className="wrap-anywhere">{reason}</span>
            {lastError ? <span className="small muted wrap-anywhere"> Last try: {lastError}</span> : null}
          </li>
        ))}
      </ul>
      {dueAt ? <Due at={dueAt} overdue={overdue} /> : null}
    </Notice>
  );
}

function Since({ from, to }: { from: string; to: string }): ReactElement {
  return <Duration ms={Math.max(0, Date.parse(to) - Date.parse(from))} />;
}

function Due({ at, overdue }: { at: string; overdue: boolean }): ReactElement {
  const over = useClock((now) => Date.parse(at) < now);
  return (
    <p className="small">
      {overdue || over ? 'Late since' : 'Late from'} <Instant at={at} /> UTC on.
    </p>
  );
}
