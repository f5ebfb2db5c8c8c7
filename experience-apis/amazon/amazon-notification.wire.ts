import { z } from 'zod';

/** The frame of every notification. Amazon sends it bare through SQS. */
export const NotificationWire = z.looseObject({
  NotificationType: z.string().min(1),
  EventTime: z.string().nullish(),
  NotificationMetadata: z.looseObject({ NotificationId: z.string().min(1) }),
});

export const OrderChangeWire = NotificationWire.extend({
  NotificationType: z.literal('ORDER_CHANGE'),
  Payload: z.looseObject({
    OrderChangeNotification: z.looseObject({
      SellerId: z.string().nullish(),
      AmazonOrderId: z.string().min(1),
      OrderChangeType: z.string().nullish(),
      Summary: z.looseObject({ FulfillmentType: z.string().nullish(), OrderStatus: z.string().nullish() }).nullish(),
    }),
  }),
});

/** EventBridge puts the notification into `detail`. */
const EventBridgeWire = z.looseObject({ detail: z.looseObject({ NotificationType: z.string() }) });

export type OrderChangeNotification = z.infer<typeof OrderChangeWire>;

/** The notification out of its EventBridge envelope; anything else as it is. */
export function unwrapNotification(body: unknown): unknown {
  const envelope = EventBridgeWire.safeParse(body);
  return envelope.success ? envelope.data.detail : body;
}
