import type { ClientBase } from 'pg';

type Db = Pick<ClientBase, 'query'>;

/** What one unit of an order line takes from stock; as `componentsOf`. */
const COMPONENTS = `json_to_recordset(coalesce(line.components,
  json_build_array(json_build_object('sku', line.sku, 'quantity', 1)))) as c (sku text, quantity int)`;

const LINES = `json_to_recordset(o.state->'lines') as line (id text, sku text, components json)`;

/** Base units by item that the node was asked to ship and has not reported shipped. */
export async function readUnitsToShip(db: Db, node: string): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ sku: string; units: number }>({
    name: 'orders.units-to-ship',
    text: `select c.sku, sum((w.quantity - w.shipped - w.dropped) * c.quantity)::int as units
           from orders o
             cross join lateral json_to_recordset(o.state->'fulfillmentOrders') as f (node text, status text, lines json)
             cross join lateral json_to_recordset(f.lines) as w ("lineId" text, quantity int, shipped int, dropped int)
             join lateral ${LINES} on line.id = w."lineId"
             cross join lateral ${COMPONENTS}
           where not o.completed and o.status in ('IN_FULFILLMENT', 'PARTIALLY_SHIPPED') and f.node = $1
             and f.status in ('RELEASE_REQUESTED', 'RELEASED', 'CANCEL_REQUESTED')
           group by c.sku`,
    values: [node],
  });
  return new Map(rows.map(({ sku, units }) => [sku, units]));
}

/** Base units by item that the node shipped and whose goods issue the ERP has not confirmed. */
export async function readUnitsNotIssued(db: Db, node: string): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ sku: string; units: number }>({
    name: 'orders.units-not-issued',
    text: `select c.sku, sum(i.quantity * c.quantity)::int as units
           from orders o
             cross join lateral json_to_recordset(o.state->'shipments')
               as s (node text, packages json, "goodsIssuedAt" text)
             cross join lateral json_to_recordset(s.packages) as p (items json)
             cross join lateral json_to_recordset(p.items) as i ("lineId" text, quantity int)
             join lateral ${LINES} on line.id = i."lineId"
             cross join lateral ${COMPONENTS}
           where not o.completed and o.status in ('PARTIALLY_SHIPPED', 'SHIPPED') and s.node = $1
             and s."goodsIssuedAt" is null
           group by c.sku`,
    values: [node],
  });
  return new Map(rows.map(({ sku, units }) => [sku, units]));
}
