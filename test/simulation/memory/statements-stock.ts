import { textsOf } from './given-rows.js';
import type { Row, Transaction } from './database.js';
import type { Statement, Statements } from './statement-book.js';
import { joined } from './tables.js';

const EMPTY_POSITION = {
  on_hand: 0,
  reserved: 0,
  quality_hold: 0,
  safety_stock: 0,
  threshold: 0,
  incoming: 0,
  in_transit: 0,
  missing: 0,
  earmarked: 0,
  counted_at: null,
};

function toPosition(row: Row): Row {
  const { sku, node, on_hand: onHand, reserved, quality_hold: qualityHold, safety_stock: safetyStock } = row;
  const { threshold, incoming, in_transit: inTransit, missing, earmarked, counted_at: countedAt } = row;
  const buckets = { onHand, reserved, qualityHold, safetyStock, threshold, incoming, inTransit, missing, earmarked };
  return { sku, node, ...buckets, countedAt };
}

function ofSkus(tx: Transaction, table: string, skus: unknown): readonly Row[] {
  const wanted = new Set(textsOf(skus));
  return tx.all(table).filter((row) => wanted.has(String(row['sku'])));
}

function bySkuAndNode(a: Row, b: Row): number {
  return joined(a['sku'], a['node']) < joined(b['sku'], b['node']) ? -1 : 1;
}

async function upsert(tx: Transaction, table: string, key: string, row: Row): Promise<void> {
  if (await tx.insertIfNew(table, row)) return;
  await tx.update(table, key, (before) => ({ ...before, ...row }));
}

async function addDemand(tx: Transaction, row: Row): Promise<void> {
  if (await tx.insertIfNew('channel_demand', row)) return;
  await tx.update('channel_demand', joined(row['sku'], row['channel']), (before) => ({
    ...before,
    reserved: Math.max(0, Number(before['reserved']) + Number(row['reserved'])),
    waiting: Math.max(0, Number(before['waiting']) + Number(row['waiting'])),
    claimed_at: later(before['claimed_at'], row['claimed_at']),
  }));
}

function later(one: unknown, other: unknown): unknown {
  if (one === null || other === null) return one ?? other;
  return (one as string) > (other as string) ? one : other;
}

/** What moved at each place after its count, by bucket and lot; what is missing is on hand in the book, and not there. */
const movedSince: Statement = (tx, _values, rows) => {
  const sums = new Map<string, { place: number; bucket: unknown; lot: unknown; units: number }>();
  for (const [place, { sku, node, as_of: asOf }] of rows().entries())
    for (const row of tx.all('movement')) {
      if (row['sku'] !== sku || row['node'] !== node || row['reason'] === 'COUNT') continue;
      if (!['onHand', 'missing', 'qualityHold'].includes(String(row['bucket']))) continue;
      if (String(row['occurred_at']) <= String(asOf)) continue;
      const isMissing = row['bucket'] === 'missing';
      const bucket = isMissing ? 'onHand' : row['bucket'];
      const lot = row['lot'] ?? '';
      const key = joined(place, bucket, lot);
      const sum = sums.get(key) ?? { place, bucket, lot, units: 0 };
      sum.units += isMissing ? -Number(row['delta']) : Number(row['delta']);
      sums.set(key, sum);
    }
  return [...sums.values()];
};

const earmarksOfEvents: Statement = (tx, _values, rows) => {
  const events = new Set(rows().map((row) => joined(row['stream'], row['version'])));
  const sums = new Map<string, { sku: unknown; node: unknown; quantity: number }>();
  for (const row of tx.all('movement')) {
    if (row['reason'] !== 'EARMARK' || !events.has(joined(row['cause_stream'], row['cause_version']))) continue;
    const key = joined(row['sku'], row['node']);
    const sum = sums.get(key) ?? { sku: row['sku'], node: row['node'], quantity: 0 };
    sum.quantity += Number(row['delta']);
    sums.set(key, sum);
  }
  return [...sums.values()].toSorted(bySkuAndNode);
};

export const STOCK_STATEMENTS: Statements = {
  'position.lock': async (tx, [skus]) => {
    const locked: Row[] = [];
    for (const { sku, node } of [...ofSkus(tx, 'position', skus)].toSorted(bySkuAndNode)) {
      await tx.lock('position', joined(sku, node));
      const row = tx.get('position', joined(sku, node));
      if (row !== undefined) locked.push(toPosition(row));
    }
    return locked;
  },
  'position.read': (tx, [skus]) => [...ofSkus(tx, 'position', skus)].toSorted(bySkuAndNode).map(toPosition),
  'position.update': async (tx, _values, rows) => {
    for (const row of rows())
      await tx.update('position', joined(row['sku'], row['node']), (before) => ({ ...before, ...row }));
    return rows().length;
  },
  'position.insert': async (tx, _values, rows) => {
    for (const row of rows()) await tx.insert('position', { ...EMPTY_POSITION, ...row });
    return rows().length;
  },
  'lot.read': () => [],
  'channel-demand.read': (tx, [skus]) =>
    ofSkus(tx, 'channel_demand', skus)
      .filter((row) => Number(row['waiting']) > 0)
      .map(({ sku, channel, reserved, waiting, claimed_at: claimedAt }) => ({
        sku,
        channel,
        reserved,
        waiting,
        claimedAt,
      })),
  'channel-demand.add': async (tx, _values, rows) => {
    for (const row of rows()) await addDemand(tx, row);
    return [];
  },
  'allocation-rule.of-items': () => [],
  'movement.append': async (tx, _values, rows) => {
    for (const row of rows()) await tx.insert('movement', { ...row, id: tx.nextOf('movement') });
    return [];
  },
  'movement.since-counts': movedSince,
  'movement.earmarks-of-events': earmarksOfEvents,
  'stock.freed-by-time': () => [],
  'stock-fact.items': (tx, [skus]) =>
    ofSkus(tx, 'item', skus).map(({ sku, tracking }) => ({
      sku,
      tracking,
      base_unit: 'each',
      is_kit: false,
      units: null,
    })),
  'stock-fact.nodes': (tx, [nodes]) => textsOf(nodes).flatMap((id) => tx.get('node', id) ?? []),
  'stock-level.read': (tx, [skus]) =>
    ofSkus(tx, 'stock_level', skus).map(({ sku, node, bucket, lot, as_of: asOf }) => ({
      sku,
      node,
      bucket,
      lot,
      asOf,
    })),
  'stock-level.write': async (tx, _values, rows) => {
    for (const row of rows())
      await upsert(tx, 'stock_level', joined(row['sku'], row['node'], row['bucket'], row['lot']), row);
    return [];
  },
  'bucket-owner.read': () => [],
  'expected-supply.of-documents': () => [],
  'stock-feed.start': async (tx, [sources, nodes]) => {
    const ofNodes = textsOf(nodes);
    const keys = new Map(
      textsOf(sources).map((source, index) => [joined(source, ofNodes[index]), [source, ofNodes[index]] as const]),
    );
    for (const [, [source, node]] of [...keys].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      await tx.insertIfNew('stock_feed', { source, node, last_sequence: 0, refused: 0 });
    return [];
  },
  'stock-feed.lock': async (tx, [sources, nodes]) => {
    const ofNodes = textsOf(nodes);
    const keys = [...new Set(textsOf(sources).map((source, index) => joined(source, ofNodes[index])))].toSorted();
    const feeds: Row[] = [];
    for (const key of keys) {
      await tx.lock('stock_feed', key);
      const row = tx.get('stock_feed', key);
      if (row !== undefined) feeds.push(toFeed(row));
    }
    return feeds;
  },
  'stock-feed.write': async (tx, _values, rows) => {
    for (const row of rows())
      await tx.update('stock_feed', joined(row['source'], row['node']), (before) => ({ ...before, ...row }));
    return [];
  },
  'soft-reservation.overdue': () => [],
};

function toFeed(row: Row): Row {
  const { source, node, last_sequence: lastSequence, refused } = row;
  const none = { gapNoticedAt: null, snapshotWantedAt: null, snapshotAskedAt: null, snapshotTakenAt: null };
  const gap =
    row['gap_from'] === null || row['gap_from'] === undefined ? null : { from: row['gap_from'], to: row['gap_to'] };
  return { source, node, lastSequence, refused, gap, ...none, lastRefusal: null, lastRefusedAt: null };
}

export const UNNAMED_STOCK_STATEMENTS: readonly (readonly [string, Statement])[] = [
  [
    'select distinct sku from channel_demand',
    (tx) => {
      const skus = tx.all('channel_demand').flatMap((row) => (Number(row['waiting']) > 0 ? [String(row['sku'])] : []));
      return [...new Set(skus)].toSorted().map((sku) => ({ sku }));
    },
  ],
];
