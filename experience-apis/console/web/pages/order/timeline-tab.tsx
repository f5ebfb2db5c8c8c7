import type { ReactElement } from 'react';
import { Button, CopyText, EmptyState, Instant, plainWords, Timeline, type TimelineEntry } from '../../ui/index.js';
import { eventWords, toneOfEvent } from './event-words.js';
import type { PageEvent } from './order.documents.js';

const LONG_MS = 15 * 60_000;

interface TimelineTabProps {
  readonly timeline: readonly PageEvent[];
  /** Shows the order as it was at this instant, UTC, ISO. */
  readonly onTravel: (at: string) => void;
}

/** Everything that happened, in the order in which the hub learned of it, with the time between. */
export function TimelineTab({ timeline, onTravel }: TimelineTabProps): ReactElement {
  if (timeline.length === 0) return <EmptyState title="Nothing had happened yet" />;
  return (
    <Timeline
      label="History of the order"
      entries={timeline.map((event) => entryOf(event, onTravel))}
      longFrom={LONG_MS}
    />
  );
}

function entryOf(event: PageEvent, onTravel: (at: string) => void): TimelineEntry {
  const words = eventWords(event.detail);
  return {
    key: String(event.version),
    at: event.recordedAt,
    title: plainWords(event.type),
    by: event.source,
    tone: toneOfEvent(event.type),
    detail: (
      <details className="order-event">
        <summary className="wrap-anywhere">{words === '' ? 'Details' : words}</summary>
        <p className="small muted">
          Version {event.version}, told by {event.source} for <Instant at={event.occurredAt} /> as{' '}
          <CopyText text={event.factId} what="fact id" />
        </p>
        <pre className="code-block">{JSON.stringify(event.detail, null, 2)}</pre>
        <Button size="sm" kind="quiet" icon="clock" onClick={() => onTravel(event.recordedAt)}>
          The order as it was then
        </Button>
      </details>
    ),
  };
}
