import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { ChannelAccount } from '../../../src/model/channel.js';
import type { Instant } from '../../../src/model/time.js';
import { SqlCatalog } from '../../catalog/index.js';
import type { AllocationRule } from '../rules/allocation-rule.js';

/** Active accounts of these ids. */
export async function seedChannels(
  pool: Pool,
  settings: Readonly<Record<string, ChannelAccount['settings']>>,
): Promise<SqlCatalog> {
  const catalog = new SqlCatalog(pool, () => undefined);
  await catalog.saveAccounts(
    Object.entries(settings).map(([id, given]) => ({ id, kind: 'partner', name: id, active: true, settings: given })),
  );
  return catalog;
}

/** A rule that is in force from now on. */
export async function seedRule(
  pool: Pool,
  rule: Pick<AllocationRule, 'channel' | 'kind'> & Partial<AllocationRule>,
): Promise<string> {
  const id = rule.id ?? randomUUIDv7();
  await pool.query(
    `insert into allocation_rule (id, name, channel, sku, category, kind, percent, units, mode, idle_minutes, ends_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      id,
      rule.name ?? rule.kind,
      rule.channel,
      rule.sku ?? null,
      rule.category ?? null,
      rule.kind,
      rule.percent ?? null,
      rule.units ?? null,
      rule.mode ?? 'HARD',
      rule.idleMinutes ?? null,
      rule.endsAt ?? null,
    ],
  );
  return id;
}

/** Units announced for a node. */
export async function seedSupply(
  pool: Pool,
  sku: string,
  node: string,
  units: number,
  expectedAt: Instant,
): Promise<void> {
  const document = randomUUIDv7();
  await pool.query(
    `insert into expected_supply (id, kind, source, document, sku, node, expected_at, announced)
     values ($1, 'ASN', 'erp', $2, $3, $4, $5, $6)`,
    [`erp/${document}/${sku}/${node}`, document, sku, node, expectedAt, units],
  );
}
