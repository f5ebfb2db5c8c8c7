import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';
import { utc } from '../../src/platform/db/utc.js';

/** The orders of a channel in two figures. */
export interface ChannelOrders {
  /** Orders with something left to do. */
  readonly open: number;
  /** When the latest was placed; null when there is none. */
  readonly lastPlacedAt: Instant | null;
}

/** Of each of these channels. */
export async function readChannelOrders(
  db: Pick<ClientBase, 'query'>,
  channels: readonly string[],
): Promise<ReadonlyMap<string, ChannelOrders>> {
  const { rows } = await db.query<ChannelOrders & { readonly channel: string }>({
    name: 'orders.of-channels',
    text: `select k.channel, coalesce(c.open, 0) as open, ${utc('l.placed_at')} as "lastPlacedAt"
           from unnest($1::text[]) as k (channel)
             left join (select o.channel, count(*)::int as open from orders o where not o.completed group by o.channel) c
               on c.channel = k.channel
             left join lateral (
               select o.placed_at from orders o where o.channel = k.channel order by o.placed_at desc, o.id desc limit 1
             ) l on true`,
    values: [channels],
  });
  return new Map(rows.map(({ channel, open, lastPlacedAt }) => [channel, { open, lastPlacedAt }]));
}

/** The orders that parts belong to, by the hub's ids of the parts; what is no part of an order is absent. */
export async function findOrdersOfParts(
  db: Pick<ClientBase, 'query'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ hubId: string; orderId: string }>({
    name: 'cross-reference.of-hub-ids',
    text: `select distinct hub_id as "hubId", order_id as "orderId" from cross_reference where hub_id = any($1::uuid[])`,
    values: [ids],
  });
  return new Map(rows.map(({ hubId, orderId }) => [hubId, orderId]));
}
