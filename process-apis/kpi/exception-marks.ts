import type { Instant } from '../../src/model/time.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';
import { EXCEPTION_STREAM, HUB, type ExceptionEvent } from '../exceptions/index.js';
import { dayOf, msBetween, type Mark } from './figures.js';

/** Exceptions whose end is among the events: when they were raised is needed for their age. */
export function endedExceptions(events: readonly LoggedEvent[]): readonly string[] {
  return events.flatMap(({ streamType, streamId, type }) =>
    streamType === EXCEPTION_STREAM && type === 'ExceptionResolved' ? [streamId] : [],
  );
}

/** What the events of exceptions count for; `raisedAt` by exception. Pure. */
export function exceptionMarks(
  events: readonly LoggedEvent[],
  raisedAt: ReadonlyMap<string, Instant>,
): readonly Mark[] {
  return events.flatMap((logged) => (logged.streamType === EXCEPTION_STREAM ? marksOf(logged, raisedAt) : []));
}

function marksOf(logged: LoggedEvent, raisedAt: ReadonlyMap<string, Instant>): readonly Mark[] {
  const event = { type: logged.type, ...logged.data } as ExceptionEvent;
  const of = { day: dayOf(logged.recordedAt), channel: logged.scope };
  switch (event.type) {
    case 'ExceptionRaised': {
      const raised: Mark = { kpi: 'EXCEPTION_VOLUME', ...of, stage: event.category };
      if (event.category !== 'DUPLICATE_REFERENCE') return [raised];
      return [raised, { kpi: 'DUPLICATE_ORDER_RATE', ...of, numerator: 1, denominator: 1 }];
    }
    case 'ExceptionResolved': {
      const since = raisedAt.get(logged.streamId) ?? logged.recordedAt;
      const ms = msBetween(since, logged.recordedAt);
      return [{ kpi: 'EXCEPTION_AGEING', ...of, stage: event.category, ms }];
    }
    case 'ExceptionIgnored':
    case 'ExceptionAssigned':
      return event.by === HUB ? [] : [{ kpi: 'MANUAL_INTERVENTIONS', ...of, stage: 'EXCEPTION' }];
    case 'ExceptionUpdated':
      return [];
  }
}
