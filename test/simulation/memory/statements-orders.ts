import { textsOf } from './given-rows.js';
import type { Row, Transaction } from './database.js';
import type { Statements } from './statement-book.js';
import { joined } from './tables.js';

const FULFILLMENT = joined('hub', 'fulfillment-order');

/** By id, in the order in which everyone locks them. */
async function lockOrders(tx: Transaction, [ids, channels, references]: readonly unknown[]): Promise<readonly Row[]> {
  const wanted = new Set(textsOf(ids).filter((id) => tx.get('orders', id) !== undefined));
  const ofReferences = textsOf(references);
  for (const [index, channel] of textsOf(channels).entries()) {
    const row = tx.find('orders', 'reference', joined(channel, ofReferences[index]));
    if (row !== undefined) wanted.add(String(row['id']));
  }
  const rows: Row[] = [];
  for (const id of [...wanted].toSorted()) {
    await tx.lock('orders', id);
    const row = tx.get('orders', id);
    if (row !== undefined) rows.push({ state: row['state'] });
  }
  return rows;
}

function overlaps(row: Row, keys: ReadonlySet<string>): boolean {
  return (row['waiting_keys'] as readonly string[]).some((key) => keys.has(key));
}

function byTierAndId(a: Row, b: Row): number {
  return Number(a['tier']) - Number(b['tier']) || (String(a['id']) < String(b['id']) ? -1 : 1);
}

export const ORDER_STATEMENTS: Statements = {
  'orders.lock': lockOrders,
  'orders.insert': async (tx, _values, rows) => {
    for (const row of rows()) await tx.insert('orders', { ...row, created_at: tx.now, updated_at: tx.now });
    return rows().length;
  },
  'orders.update': async (tx, _values, rows) => {
    let changed = 0;
    for (const { from_version: from, ...row } of rows()) {
      const id = String(row['id']);
      await tx.lock('orders', id);
      if (tx.get('orders', id)?.['version'] !== from) continue;
      await tx.update('orders', id, (before) => ({ ...before, ...row, updated_at: tx.now }));
      changed += 1;
    }
    return changed;
  },
  'orders.waiting': (tx, [key, after, limit]) => {
    const found = tx
      .all('orders')
      .filter(
        (row) => overlaps(row, new Set([String(key)])) && (after === null || (row['id'] as string) > (after as string)),
      );
    return found
      .toSorted((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
      .slice(0, Number(limit))
      .map(({ state }) => ({ state }));
  },
  'orders.waiting-ids': (tx, [keys, tier, id, limit]) => {
    const wanted = new Set(textsOf(keys));
    const after = { tier, id: id ?? '' };
    return tx
      .all('orders')
      .filter((row) => overlaps(row, wanted) && (id === null || byTierAndId(after, row) < 0))
      .toSorted(byTierAndId)
      .slice(0, Number(limit))
      .map((row) => ({ tier: row['tier'], id: row['id'] }));
  },
  'orders.due': (tx, [now, limit]) =>
    tx
      .all('orders')
      .filter((row) => typeof row['next_due_at'] === 'string' && row['next_due_at'] <= String(now))
      .toSorted((a, b) => (joined(a['next_due_at'], a['id']) < joined(b['next_due_at'], b['id']) ? -1 : 1))
      .slice(0, Number(limit))
      .map(({ state }) => ({ state })),
  'orders.live-tasks': (tx, [ids]) => {
    const wanted = new Set(textsOf(ids));
    const tasks = tx.all('job').flatMap((row) => {
      const payload = row['payload'] as Readonly<Record<string, string>>;
      const { orderId = '', fulfillmentOrderId, packageId, shipmentId } = payload;
      const about = fulfillmentOrderId ?? packageId ?? shipmentId ?? '';
      return row['state'] !== 'DEAD' && wanted.has(orderId) ? [`${String(row['kind'])}/${orderId}/${about}`] : [];
    });
    return [...new Set(tasks)].map((task) => ({ task }));
  },
  'order-parties.write': async (tx, _values, rows) => {
    for (const row of rows()) {
      if (await tx.insertIfNew('order_parties', row)) continue;
      await tx.update('order_parties', String(row['order_id']), () => row);
    }
    return [];
  },
  'order-parties.read': readParties,
  'order-reader.parties': readParties,
  'order-reader.by-ids': (tx, [ids]) =>
    textsOf(ids).flatMap((id) => {
      const row = tx.get('orders', id);
      return row === undefined ? [] : [{ state: row['state'] }];
    }),
  'order-reader.by-reference': (tx, [channel, reference]) => {
    const row = tx.find('orders', 'reference', joined(channel, reference));
    return row === undefined ? [] : [{ state: row['state'] }];
  },
  'cross-reference.insert': async (tx, _values, rows) => {
    for (const row of rows()) await tx.insertIfNew('cross_reference', row);
    return [];
  },
  'cross-reference.fulfillment': (tx, [ids]) => {
    const wanted = new Set(textsOf(ids));
    return tx
      .all('cross_reference')
      .filter((row) => joined(row['system'], row['kind']) === FULFILLMENT && wanted.has(String(row['outside_id'])))
      .map((row) => ({ outside_id: row['outside_id'], order_id: row['order_id'] }));
  },
};

function readParties(tx: Transaction, [ids]: readonly unknown[]): readonly Row[] {
  return textsOf(ids).flatMap((id) => {
    const row = tx.get('order_parties', id);
    return row === undefined ? [] : [{ orderId: id, sealed: row['sealed'] }];
  });
}
