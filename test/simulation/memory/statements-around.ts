import { textsOf } from './given-rows.js';
import type { Row, Transaction } from './database.js';
import type { Statement, Statements } from './statement-book.js';
import { joined } from './tables.js';

const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

/** Both are ids. */
function isAfter(id: unknown, other: unknown): boolean {
  return (id as string) > (other as string);
}

function toMessage(row: Row): Row {
  return { ...row, received_at: new Date(String(row['received_at'])) };
}

/** What of a standing exception is replaced when its problem is told again. */
function toldAgain(before: Row, row: Row): Row {
  const isSame = before['category'] === row['category'];
  const isLower = SEVERITIES.indexOf(String(before['severity'])) > SEVERITIES.indexOf(String(row['severity']));
  const due = [String(before['due_at']), String(row['due_at'])].toSorted()[0];
  return {
    ...before,
    category: row['category'],
    group_key: row['group_key'],
    owner: row['owner'],
    sentence: row['sentence'],
    subject: row['subject'],
    due_at: due,
    status: isSame ? before['status'] : 'OPEN',
    severity: isSame && isLower ? before['severity'] : row['severity'],
  };
}

async function raise(tx: Transaction, row: Row): Promise<readonly Row[]> {
  const { now, ...given } = row;
  const orderId = (row['subject'] as { readonly orderId?: string }).orderId ?? null;
  const fresh = {
    ...given,
    version: 1,
    status: 'OPEN',
    order_id: orderId,
    raised_at: now,
    last_raised_at: now,
    raised: 1,
  };
  if (await tx.insertIfNew('exception', fresh)) return [written(fresh)];
  const standing = tx.find('exception', 'standing', String(row['key']));
  if (standing === undefined) throw new Error(`the exception ${String(row['key'])} neither stands nor can be raised`);
  await tx.lock('exception', String(standing['id']));
  const before = tx.get('exception', String(standing['id'])) ?? standing;
  const after = toldAgain(before, row);
  if (JSON.stringify(after) === JSON.stringify(before)) return [];
  const next = {
    ...after,
    version: Number(before['version']) + 1,
    raised: Number(before['raised']) + 1,
    last_raised_at: now,
  };
  await tx.update('exception', String(before['id']), () => next);
  return [written(next)];
}

function written(row: Row): Row {
  const { id, version, scope, key, severity, due_at: dueAt } = row;
  return { id, version, scope, key, severity, dueAt, isNew: version === 1 };
}

const endStanding: Statement = async (tx, _values, rows) => {
  const ended: Row[] = [];
  for (const { key, because, by, now } of rows().toSorted((a, b) => (String(a['key']) < String(b['key']) ? -1 : 1))) {
    const standing = tx.find('exception', 'standing', String(key));
    if (standing === undefined) continue;
    const id = String(standing['id']);
    await tx.lock('exception', id);
    const row = tx.get('exception', id);
    if (row === undefined || row['status'] === 'RESOLVED') continue;
    const version = Number(row['version']) + 1;
    const end = { status: 'RESOLVED', version, ended_at: now, ended_by: by, ended_because: because };
    await tx.update('exception', id, (before) => ({ ...before, ...end }));
    ended.push({ id, version, scope: row['scope'], because, by, now });
  }
  return ended;
};

export const AROUND_STATEMENTS: Statements = {
  'exception.end': endStanding,
  'exception.raise': async (tx, _values, rows) => {
    const all: Row[] = [];
    for (const row of rows().toSorted((a, b) => (String(a['key']) < String(b['key']) ? -1 : 1)))
      all.push(...(await raise(tx, row)));
    return all;
  },
  'exception.ignore': async (tx, [ids, by, because]) => {
    const ignored: Row[] = [];
    for (const id of textsOf(ids)) {
      await tx.lock('exception', id);
      const row = tx.get('exception', id);
      if (row?.['status'] !== 'OPEN') continue;
      const end = { status: 'IGNORED', version: Number(row['version']) + 1, ended_by: by, ended_because: because };
      await tx.update('exception', id, (before) => ({ ...before, ...end }));
      ignored.push({ id, version: end.version, scope: row['scope'] });
    }
    return ignored;
  },
  'message.insert': async (tx, _values, rows) => {
    for (const row of rows()) await tx.insertIfNew('message', { ...row, received_at: tx.now });
    return [];
  },
  'message.parked-page': (tx, [after, limit]) =>
    tx
      .all('message')
      .filter((row) => row['status'] === 'PARKED' && (after === null || isAfter(row['id'], after)))
      .toSorted((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
      .slice(0, Number(limit))
      .map(({ id }) => ({ id })),
  'message.parked': (tx, [subjects, limit]) => {
    const wanted = new Set(textsOf(subjects));
    return tx
      .all('message')
      .filter(
        (row) => row['status'] === 'PARKED' && (row['subjects'] as string[]).some((subject) => wanted.has(subject)),
      )
      .toSorted((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
      .slice(0, Number(limit))
      .map(({ id, subjects: of }) => ({ id, subjects: of }));
  },
  'listing.of-keys': (tx, _values, rows) =>
    rows().flatMap(({ channel, listing_sku: listingSku }) => {
      const row = tx.get('listing', joined(channel, listingSku));
      return row === undefined ? [] : [{ channel, listingSku, sku: row['sku'], factor: 1, isKit: false }];
    }),
  'item.units': (tx, [skus]) =>
    textsOf(skus).flatMap((sku) => (tx.get('item', sku) === undefined ? [] : [{ sku, baseUnit: 'each', units: [] }])),
  'item.facts': (tx, [skus]) =>
    textsOf(skus).flatMap((sku) => {
      const row = tx.get('item', sku);
      return row === undefined ? [] : [{ sku, tracking: row['tracking'], releaseAt: null }];
    }),
  'substitute.of-items': () => [],
  'sourcing-policy.read': () => [],
  'hold-rules.all': (tx) => tx.all('hold_rule'),
  'sla-clocks.all': () => [],
  'sim.delivered': async (tx, [cursors]) => {
    for (const cursor of textsOf(cursors)) await tx.insert('delivered', { id: tx.nextOf('delivered'), cursor });
    return [];
  },
  'sim.jobs': async (tx, [choose]) => {
    const chosen = (choose as (of: Transaction) => readonly Row[])(tx);
    for (const row of chosen) {
      const id = String(row['id']);
      if (row['state'] === 'DONE') await tx.remove('job', id);
      else await tx.update('job', id, () => row);
    }
    return chosen;
  },
  'sim.enqueue': async (tx, [tasks]) => {
    for (const row of tasks as readonly Row[]) await tx.insert('job', row);
    return [];
  },
};

export const UNNAMED_AROUND_STATEMENTS: readonly (readonly [string, Statement])[] = [
  ['select id, kind, name, active, settings from channel_account', (tx) => tx.all('channel_account')],
  [
    'select pg_advisory_xact_lock',
    async (tx) => {
      await tx.lock('advisory', 'catalog');
      return [];
    },
  ],
  [
    'insert into listing',
    async (tx, [channels, listingSkus, skus]) => {
      const [ofListings, ofItems] = [textsOf(listingSkus), textsOf(skus)];
      for (const [index, channel] of textsOf(channels).entries()) {
        const row = { channel, listing_sku: ofListings[index], sku: ofItems[index] };
        if (!(await tx.insertIfNew('listing', row)))
          await tx.update('listing', joined(channel, ofListings[index]), () => row);
      }
      return [];
    },
  ],
  ['select sku from unnest($1::text[]) as w (sku) where not exists', () => []],
  ['select id, name, priority, active', (tx) => tx.all('node')],
  [
    'select id, source, topic, external_id, status, reason, detail, pointer, subjects, received_at, body from message where id',
    (tx, [id]) => {
      const row = tx.get('message', String(id));
      return row === undefined ? [] : [toMessage(row)];
    },
  ],
  [
    'select id, source, topic, external_id, status, reason, detail, pointer, subjects, received_at from message where',
    (tx, [status, before, limit]) =>
      tx
        .all('message')
        .filter((row) => row['status'] === status && (before === null || isAfter(before, row['id'])))
        .toSorted((a, b) => (String(a['id']) > String(b['id']) ? -1 : 1))
        .slice(0, Number(limit))
        .map(toMessage),
  ],
  [
    'update message set status',
    async (tx, [id, status, reason, detail, pointer, subjects]) => {
      await tx.update('message', String(id), (before) => ({ ...before, status, reason, detail, pointer, subjects }));
      return [];
    },
  ],
];
