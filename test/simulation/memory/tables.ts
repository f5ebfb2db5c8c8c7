import type { Row, TableRules } from './database.js';

const SEPARATOR = '\u0000';

export function joined(...parts: readonly unknown[]): string {
  return parts.map(String).join(SEPARATOR);
}

function keyOf(...columns: readonly string[]): (row: Row) => string {
  return (row) => joined(...columns.map((column) => row[column]));
}

const BUCKETS = [
  'on_hand',
  'reserved',
  'quality_hold',
  'safety_stock',
  'threshold',
  'incoming',
  'in_transit',
  'missing',
  'earmarked',
] as const;

/** The check constraints of `position`: the last guard against overselling. */
function checkPosition(row: Row): string | undefined {
  const negative = BUCKETS.find((bucket) => Number(row[bucket]) < 0);
  if (negative !== undefined) return `${negative} is below zero`;
  return Number(row['reserved']) > Number(row['on_hand']) ? 'more is reserved than is on hand' : undefined;
}

/** What the simulated part of the hub keeps, with the constraints of the schema. */
export const TABLES: Readonly<Record<string, TableRules>> = {
  orders: { key: keyOf('id'), unique: { reference: keyOf('channel', 'reference') } },
  order_parties: { key: keyOf('order_id') },
  cross_reference: {
    key: keyOf('system', 'kind', 'outside_id', 'hub_id'),
  },
  fact: { key: keyOf('id') },
  event_log: { key: keyOf('stream_id', 'stream_version') },
  cursor: { key: keyOf('name') },
  position: { key: keyOf('sku', 'node'), check: checkPosition },
  lot: { key: keyOf('sku', 'node', 'lot') },
  channel_demand: { key: keyOf('sku', 'channel') },
  movement: { key: keyOf('id'), check: (row) => (row['delta'] === 0 ? 'it moves nothing' : undefined) },
  node_load: { key: keyOf('node', 'day') },
  stock_level: { key: keyOf('sku', 'node', 'bucket', 'lot') },
  stock_feed: { key: keyOf('source', 'node') },
  expected_supply: { key: keyOf('id') },
  item: { key: keyOf('sku') },
  node: { key: keyOf('id') },
  channel_account: { key: keyOf('id') },
  listing: { key: keyOf('channel', 'listing_sku') },
  hold_rule: { key: keyOf('id') },
  message: { key: keyOf('id'), unique: { external: keyOf('source', 'external_id') } },
  exception: {
    key: keyOf('id'),
    unique: { standing: (row) => (row['status'] === 'RESOLVED' ? undefined : String(row['key'])) },
  },
  call_evidence: { key: keyOf('order_id', 'wait_key') },
  audit: { key: keyOf('id') },
  job: { key: keyOf('id') },
  delivered: { key: keyOf('id') },
};
