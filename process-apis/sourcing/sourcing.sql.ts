import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';
import { storableJson } from '../../src/platform/db/storable-json.js';
import type { SourcingPolicy } from './sourcing-policy.js';

type Db = Pick<ClientBase, 'query'>;

/** A row as it is stored: its policy has not been checked. */
export interface SourcingPolicyRow {
  readonly channel: string;
  readonly policy: unknown;
  readonly updatedAt: Instant;
}

/** All of them: there is at most one per channel account, and those are few. */
export async function readSourcingPolicies(db: Db): Promise<readonly SourcingPolicyRow[]> {
  const { rows } = await db.query<{ channel: string; policy: unknown; updated_at: Date }>({
    name: 'sourcing-policy.read',
    text: 'select channel, policy, updated_at from sourcing_policy order by channel',
  });
  return rows.map(({ channel, policy, updated_at }) => ({ channel, policy, updatedAt: updated_at.toISOString() }));
}

export async function upsertSourcingPolicy(db: Db, channel: string, policy: SourcingPolicy): Promise<void> {
  await db.query({
    name: 'sourcing-policy.upsert',
    text: `insert into sourcing_policy (channel, policy) values ($1, $2)
           on conflict (channel) do update set policy = excluded.policy, updated_at = now()`,
    values: [channel, storableJson(policy)],
  });
}

/** Those of the nodes that do not exist. */
export async function findUnknownNodes(db: Db, nodes: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>({
    name: 'sourcing-policy.unknown-nodes',
    text: `select distinct w.id from unnest($1::text[]) as w (id)
           where not exists (select 1 from node n where n.id = w.id)`,
    values: [nodes],
  });
  return new Set(rows.map(({ id }) => id));
}

export async function channelExists(db: Db, channel: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'sourcing-policy.channel',
    text: 'select 1 from channel_account where id = $1',
    values: [channel],
  });
  return rowCount === 1;
}
