import type { ReactElement } from 'react';
import { Link } from 'react-router';
import {
  bothTimes,
  Duration,
  durationWords,
  Elapsed,
  Icon,
  Instant,
  Notice,
  RelativeTime,
  useClock,
  utcWords,
} from '../../ui/index.js';
import { waitedFor } from '../shared/states.js';
import { usePlaceOf } from '../shared/use-place-of.js';
import type { PageOrder } from './order.documents.js';
import { stepsOf } from './steps.js';
import { parcelWords, whereTone, whereWords, type Parcel } from './where-words.js';

/** Shorter steps are told by when they ended alone. */
const LENGTH_FROM_MS = 1_000;
/** More are found below. */
const PARCELS_MAX = 4;

/** The way of the order through the systems: when each step ended, and how long it took. */
export function Steps({ order }: { order: PageOrder }): ReactElement {
  const steps = stepsOf(order.placedAt, order.timeline);
  const next = order.status === 'CANCELLED' ? -1 : steps.findIndex(({ at }) => at === undefined);
  return (
    <ol className="order-steps" aria-label="Steps of the order">
      {steps.map(({ title, at, took }, index) => (
        <li
          key={title}
          className="order-step"
          data-state={at !== undefined ? 'done' : index === next ? 'now' : 'open'}
          aria-current={index === next ? 'step' : undefined}
        >
          <span className="order-step-title">
            {at === undefined ? null : <Icon name="check" size={12} />}
            {order.status === 'PARTIALLY_SHIPPED' && title === 'Shipped' ? 'Shipped in part' : title}
          </span>
          <span className="order-step-time">
            {at === undefined ? (
              <span className="faint">{index === next ? 'under way' : '–'}</span>
            ) : (
              <time dateTime={at} title={bothTimes(at)}>
                {timeSince(order.placedAt, at)}
                {took === undefined || took < LENGTH_FROM_MS ? '' : ` · ${durationWords(took)}`}
              </time>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** The time of day, UTC, while it is the day on which the order was placed; else month and day too. */
function timeSince(placedAt: string, at: string): string {
  const [day, time = ''] = utcWords(at).split(' ');
  return day === utcWords(placedAt).split(' ')[0] ? time : `${day?.slice(5)} ${time.slice(0, 5)}`;
}

/** Where the order is and what it waits for: the first thing that anybody asks. */
export function Where({ order }: { order: PageOrder }): ReactElement {
  const { waitingOn, overdue, dueAt, deliverBy, shipments } = order;
  const parcels = shipments.flatMap(({ packages }) => packages);
  const tone = whereTone(order);
  return (
    <section aria-label="Where it is">
      <Notice tone={tone} icon={tone === 'ok' ? 'check' : tone === 'info' ? 'info' : 'alert'}>
        <p className="order-where">{whereWords(order)}</p>
        {parcels.length > 0 ? (
          <ul aria-label="Parcels">
            {parcels.slice(0, PARCELS_MAX).map((parcel) => (
              <ParcelSentence key={parcel.id} parcel={parcel} />
            ))}
            {parcels.length > PARCELS_MAX ? <li>{parcels.length - PARCELS_MAX} more are listed below.</li> : null}
          </ul>
        ) : null}
        {deliverBy && tone !== 'ok' && order.status !== 'CANCELLED' ? (
          <p>
            Promised to the customer by <Instant at={deliverBy} /> (<RelativeTime at={deliverBy} />
            ).
          </p>
        ) : null}
        {waitingOn.length > 0 ? (
          <ul aria-label="What the order waits for">
            {waitingOn.map((wait) => (
              <Wait key={wait.key} wait={wait} order={order} />
            ))}
          </ul>
        ) : null}
        {dueAt && waitingOn.length > 0 ? <Due at={dueAt} overdue={overdue} /> : null}
      </Notice>
    </section>
  );
}

function ParcelSentence({ parcel }: { parcel: Parcel }): ReactElement {
  const { carrier, trackingNumber, tracking } = parcel;
  return (
    <li>
      {carrier} <code className="wrap-anywhere">{trackingNumber}</code> {parcelWords(parcel)}
      {tracking ? (
        <>
          {tracking.status === 'DELIVERED' ? ' ' : ', last told '}
          <RelativeTime at={tracking.at} />
        </>
      ) : null}
      .
    </li>
  );
}

type WaitOf = PageOrder['waitingOn'][number];

function Wait({ wait, order }: { wait: WaitOf; order: PageOrder }): ReactElement {
  const { system, since, reason, lastError } = wait;
  const words = `Waits for ${waitedFor(system)}`;
  const place = usePlaceOf()(system, order.channel);
  // An exception below says it too, with what can be done.
  const told = order.exceptions?.some(({ status, sentence }) => status === 'OPEN' && sentence.includes(reason));
  return (
    <li>
      <strong>{place === undefined ? words : <Link to={place}>{words}</Link>}</strong> for{' '}
      {order.asOf ? (
        <Duration ms={Math.max(0, Date.parse(order.asOf) - Date.parse(since))} />
      ) : (
        <Elapsed since={since} />
      )}
      {told === true ? '.' : <>: {reason}</>}
      {lastError ? <span className="muted"> Last try: {lastError}</span> : null}
    </li>
  );
}

function Due({ at, overdue }: { at: string; overdue: boolean }): ReactElement {
  const over = useClock((now) => Date.parse(at) < now);
  return (
    <p>
      {overdue || over ? 'Late since' : 'Due by'} <Instant at={at} />.
    </p>
  );
}
