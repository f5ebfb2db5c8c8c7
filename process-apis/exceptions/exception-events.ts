import type { Instant } from '../../src/model/time.js';
import type { NewEvent } from '../../src/platform/event-log/index.js';
import { HUB, NO_SCOPE, type ExceptionEvent } from './exceptions.types.js';

export const EXCEPTION_STREAM = 'exception';

/** Where an event goes: to the stream of the exception, as the version that it made. */
export interface ChangedException {
  readonly id: string;
  readonly version: number;
  readonly scope: string;
}

export function exceptionEvent(
  { id, version, scope }: ChangedException,
  { type, ...data }: ExceptionEvent,
  occurredAt: Instant,
): NewEvent {
  return {
    streamType: EXCEPTION_STREAM,
    streamId: id,
    streamVersion: version,
    type,
    schemaVersion: 1,
    scope: scope === NO_SCOPE ? '' : scope,
    source: HUB,
    factId: `hub/exception/${id}/${version}`,
    occurredAt,
    data,
  };
}
