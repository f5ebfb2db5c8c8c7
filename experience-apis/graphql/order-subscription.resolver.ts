import { ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import type { Order, Shipment } from '../../src/model/order.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import {
  decodeCursor,
  encodeCursor,
  EventFeed,
  type EventFilter,
  type LoggedEvent,
} from '../../src/platform/event-log/index.js';
import { visibleChannel } from './channel-sight.js';
import { ORDER_STREAM, SHIPMENT_EVENTS, shipmentIdOf } from './event-view.js';
import { liveEvents, type LiveRequest, type LiveStream } from './live-events.js';
import { LiveOrders } from './live-orders.js';
import { toOrderId } from './order-id.js';
import type { OperationContext } from './operation-context.js';

interface StreamArguments {
  readonly orderId?: string | null;
  readonly channel?: string | null;
  readonly after?: string | null;
}

/** Behind `OrderChange` and `ShipmentUpdate`; the order is loaded only when it is asked for. */
interface ChangePayload {
  readonly cursor: string;
  readonly event: LoggedEvent;
}

@Resolver()
@Scopes('orders:read')
export class OrderSubscriptionResolver {
  constructor(private readonly feed: EventFeed) {}

  @Subscription('orderChanged')
  orderChanged(
    _: unknown,
    wanted: StreamArguments,
    { principal }: OperationContext,
  ): LiveStream<{ readonly orderChanged: ChangePayload }> {
    const request = toRequest(principal, wanted, { streamType: ORDER_STREAM });
    return liveEvents(this.feed, request, (event) => ({ orderChanged: toPayload(event) }));
  }

  @Subscription('shipmentUpdated')
  shipmentUpdated(
    _: unknown,
    wanted: StreamArguments,
    { principal }: OperationContext,
  ): LiveStream<{ readonly shipmentUpdated: ChangePayload }> {
    const request = toRequest(principal, wanted, { streamType: ORDER_STREAM, types: SHIPMENT_EVENTS });
    return liveEvents(this.feed, request, (event) => ({ shipmentUpdated: toPayload(event) }));
  }
}

@Resolver('OrderChange')
export class OrderChangeFieldsResolver {
  constructor(private readonly live: LiveOrders) {}

  @ResolveField('order')
  order({ event }: ChangePayload): Promise<Order | undefined> {
    return this.live.load(event.streamId, event.streamVersion);
  }
}

@Resolver('ShipmentUpdate')
export class ShipmentUpdateFieldsResolver {
  constructor(private readonly live: LiveOrders) {}

  @ResolveField('order')
  order({ event }: ChangePayload): Promise<Order | undefined> {
    return this.live.load(event.streamId, event.streamVersion);
  }

  @ResolveField('shipment')
  async shipment({ event }: ChangePayload): Promise<Shipment | undefined> {
    const order = await this.live.load(event.streamId, event.streamVersion);
    const id = shipmentIdOf(event);
    return order?.shipments.find((shipment) => shipment.id === id);
  }
}

function toRequest(
  principal: Principal,
  { orderId, channel, after }: StreamArguments,
  about: EventFilter,
): LiveRequest {
  // The scope of an event is the channel: a foreign order's events do not fit the filter, and the stream stays silent.
  const scope = visibleChannel(principal, channel);
  return {
    filter: {
      ...about,
      ...(typeof orderId === 'string' ? { streamId: toOrderId(orderId) } : {}),
      ...(scope === undefined ? {} : { scope }),
    },
    after: typeof after === 'string' ? decodeCursor(after) : undefined,
  };
}

function toPayload(event: LoggedEvent): ChangePayload {
  return { cursor: encodeCursor(event.cursor), event };
}
