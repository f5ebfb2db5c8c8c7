import { textsOf } from './given-rows.js';
import type { Row } from './database.js';
import type { Statement, Statements } from './statement-book.js';

function compareCursors(a: Row, b: Row): number {
  return Number(a['tx']) - Number(b['tx']) || Number(a['id']) - Number(b['id']);
}

function toEvent(row: Row): Row {
  return {
    ...row,
    tx: String(row['tx']),
    id: String(row['id']),
    occurred_at: new Date(String(row['occurred_at'])),
    recorded_at: new Date(String(row['recorded_at'])),
  };
}

export const LOG_STATEMENTS: Statements = {
  'event-log.append': async (tx, _values, rows) => {
    for (const row of rows()) {
      const place = { tx: tx.writingXid, id: tx.nextOf('event_log'), recorded_at: tx.now };
      await tx.insert('event_log', { ...row, ...place });
    }
    return [];
  },
  'event-log.after': (tx, [afterTx, afterId, limit, stream, scope]) => {
    const after = { tx: Number(afterTx), id: Number(afterId) };
    const horizon = tx.xmin;
    return tx
      .all('event_log')
      .filter(
        (row) =>
          compareCursors(row, after) > 0 &&
          Number(row['tx']) < horizon &&
          (stream === null || row['stream_id'] === stream) &&
          (scope === null || row['scope'] === scope),
      )
      .toSorted(compareCursors)
      .slice(0, Number(limit))
      .map(toEvent);
  },
  'fact.find': (tx, [ids]) =>
    textsOf(ids).flatMap((id) => {
      const row = tx.get('fact', id);
      return row === undefined ? [] : [{ id, digest: row['digest'], outcome: row['outcome'] }];
    }),
  'fact.insert': async (tx, _values, rows) => {
    for (const row of rows().toSorted((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1)))
      await tx.insert('fact', row);
    return [];
  },
  'fact.replace-outcome': async (tx, _values, rows) => {
    for (const row of rows())
      await tx.update('fact', String(row['id']), (before) => ({ ...before, outcome: row['outcome'] }));
    return [];
  },
};

const tryAdvisoryLock: Statement = (tx, [name]) => [{ mine: tx.tryLock(String(name)) }];

export const UNNAMED_LOG_STATEMENTS: readonly (readonly [string, Statement])[] = [
  ['select pg_try_advisory_xact_lock', tryAdvisoryLock],
  [
    'select value from cursor',
    (tx, [name]) => {
      const row = tx.get('cursor', String(name));
      return row === undefined ? [] : [{ value: row['value'] }];
    },
  ],
  [
    'insert into cursor',
    async (tx, [name, value]) => {
      const row = { name, value };
      if (!(await tx.insertIfNew('cursor', row))) await tx.update('cursor', String(name), () => row);
      return [];
    },
  ],
  [
    'select e.tx::text as tx, e.id::text as id from event_log',
    (tx) => {
      const horizon = tx.xmin;
      const last = tx
        .all('event_log')
        .filter((row) => Number(row['tx']) < horizon)
        .toSorted(compareCursors)
        .at(-1);
      return last === undefined ? [] : [{ tx: String(last['tx']), id: String(last['id']) }];
    },
  ],
];
