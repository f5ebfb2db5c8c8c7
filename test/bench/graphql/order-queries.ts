/** What a screen of an order shows. */
export const ORDER_QUERY = /* GraphQL */ `
  query Order($id: ID!) {
    order(id: $id) {
      id
      channel
      reference
      status
      placedAt
      lines {
        id
        listingSku
        sku
        title
        ordered
        quantities {
          open
          reserved
          shipped
          cancelled
        }
      }
      shipments {
        id
        reference
        node
        packages {
          carrier
          trackingNumber
          items {
            sku
            quantity
            serials
          }
        }
      }
    }
  }
`;

/** The same as text that could be sent as it is. */
export const ORDER_AS_JSON = `
  select json_build_object(
    'id', o.id, 'channel', o.channel, 'reference', o.reference, 'status', o.status, 'placedAt', o.placed_at,
    'lines', (
      select json_agg(json_build_object(
        'id', l->'id', 'listingSku', l->'listingSku', 'sku', l->'sku', 'title', l->'title', 'ordered', l->'ordered',
        'quantities', json_build_object(
          'open', l->'quantities'->'open', 'reserved', l->'quantities'->'reserved',
          'shipped', l->'quantities'->'shipped', 'cancelled', l->'quantities'->'cancelled'
        )))
      from json_array_elements(o.state->'lines') as l
    ),
    'shipments', (
      select json_agg(json_build_object(
        'id', s->'id', 'reference', s->'reference', 'node', s->'node',
        'packages', (
          select json_agg(json_build_object(
            'carrier', p->'carrier', 'trackingNumber', p->'trackingNumber',
            'items', (
              select json_agg(json_build_object('sku', i->'sku', 'quantity', i->'quantity', 'serials', i->'serials'))
              from json_array_elements(p->'items') as i
            )))
          from json_array_elements(s->'packages') as p
        )))
      from json_array_elements(o.state->'shipments') as s
    )
  )::text as "order"
  from orders o where o.id = $1`;
