import type { OrderEventType } from '../../generated/graphql.js';

/** The way of an order through the systems: the event that ends each step. */
const STEPS: readonly (readonly [title: string, ends: OrderEventType])[] = [
  ['Accepted', 'OrderAccepted'],
  ['Reserved', 'InventoryReserved'],
  ['In the ERP', 'SalesOrderConfirmed'],
  ['Released', 'FulfillmentReleased'],
  ['Shipped', 'ShipmentConfirmed'],
  ['Channel told', 'ChannelShipmentConfirmed'],
  ['Done', 'OrderCompleted'],
];

export interface Step {
  readonly title: string;
  /** When it was first done; undefined while it is not. */
  readonly at: string | undefined;
  /** Milliseconds since the last step before it that was done. */
  readonly took: number | undefined;
}

interface Happened {
  readonly type: OrderEventType;
  readonly recordedAt: string;
}

/** How long each step took, by when the hub recorded its end. The first one counts from when the order was placed. */
export function stepsOf(placedAt: string, timeline: readonly Happened[]): readonly Step[] {
  let before = placedAt;
  return STEPS.map(([title, ends]) => {
    const at = timeline.find(({ type }) => type === ends)?.recordedAt;
    const took =
      at === undefined || before === undefined ? undefined : Math.max(0, Date.parse(at) - Date.parse(before));
    before = at ?? before;
    return { title, at, took };
  });
}
