/** What the page of an order shows. */
export const ORDER_QUERY = /* GraphQL */ `
  query Order($id: ID!) {
    order(id: $id) {
      id
      channel
      reference
      displayReference
      status
      placedAt
      completedAt
      currency
      shipMethod
      grandTotal {
        minor
        currency
      }
      lines {
        id
        number
        lineReference
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
        unitPrice {
          minor
          currency
        }
      }
      fulfillmentOrders {
        id
        number
        node
        status
        wmsReference
        lines {
          lineId
          sku
          quantity
        }
      }
      shipments {
        id
        reference
        node
        shippedAt
        deliveryDocument
        invoice
        packages {
          id
          carrier
          trackingNumber
          channelConfirmedAt
          items {
            sku
            quantity
            serials
          }
        }
      }
      erp {
        status
        salesOrder
        reason
      }
      waitingOn {
        system
        since
        reason
      }
      timeline {
        type
        version
        source
        occurredAt
        recordedAt
        detail
      }
      crossReferences {
        system
        kind
        outsideId
        hubKind
        hubId
      }
    }
  }
`;

/** The same as text that could be sent as it is; the parts of the order's state as they are stored. */
export const ORDER_AS_JSON = `
  select json_build_object(
    'id', o.id, 'channel', o.channel, 'reference', o.reference, 'status', o.status, 'placedAt', o.placed_at,
    'lines', o.state->'lines', 'fulfillmentOrders', o.state->'fulfillmentOrders', 'shipments', o.state->'shipments',
    'erp', o.state->'erp', 'waitingOn', o.state->'waits', 'grandTotal', o.state->'grandTotal',
    'timeline', (
      select json_agg(json_build_object(
        'type', e.type, 'version', e.stream_version, 'source', e.source, 'occurredAt', e.occurred_at,
        'recordedAt', e.recorded_at, 'detail', e.data) order by e.stream_version)
      from event_log e where e.stream_id = o.id and e.stream_version <= 50
    ),
    'crossReferences', (
      select json_agg(json_build_object(
        'system', c.system, 'kind', c.kind, 'outsideId', c.outside_id, 'hubKind', c.hub_kind, 'hubId', c.hub_id))
      from cross_reference c where c.order_id = o.id
    )
  )::text as "order"
  from orders o where o.id = $1`;
