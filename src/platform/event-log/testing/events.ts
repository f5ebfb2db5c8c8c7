import type { NewEvent } from '../event-log.sql.js';

/** Events of a stream, from a version on. */
export function newEvents(streamId: string, fromVersion: number, count: number, scope = 'test'): readonly NewEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    streamType: 'test',
    streamId,
    streamVersion: fromVersion + index,
    type: 'Tested',
    schemaVersion: 1,
    scope,
    source: 'test',
    factId: `fact-${streamId}-${fromVersion + index}`,
    occurredAt: '2026-01-01T00:00:00.000Z',
    data: { number: fromVersion + index },
  }));
}
