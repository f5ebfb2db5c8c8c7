import { randomUUID } from 'node:crypto';
import type { OrderChangeNotification } from '../amazon-notification.wire.js';
import type { Order2026 } from '../amazon.wire.js';

const STATUS_V0: Readonly<Record<string, string>> = {
  PENDING_AVAILABILITY: 'PendingAvailability',
  PENDING: 'Pending',
  UNSHIPPED: 'Unshipped',
  PARTIALLY_SHIPPED: 'PartiallyShipped',
  SHIPPED: 'Shipped',
  CANCELLED: 'Canceled',
  UNFULFILLABLE: 'Unfulfillable',
};

export type OrderChangeType = 'OrderStatusChange' | 'BuyerRequestedChange';

/** The ORDER_CHANGE notification that Amazon sends about a changed order. */
export function orderChangeNotification(
  order: Order2026,
  sellerId: string,
  type: OrderChangeType,
): OrderChangeNotification {
  const status = order.fulfillment?.fulfillmentStatus ?? '';
  return {
    NotificationVersion: '1.0',
    NotificationType: 'ORDER_CHANGE',
    PayloadVersion: '1.0',
    EventTime: order.lastUpdatedTime,
    Payload: {
      OrderChangeNotification: {
        NotificationLevel: 'OrderLevel',
        SellerId: sellerId,
        AmazonOrderId: order.orderId,
        OrderChangeType: type,
        OrderChangeTrigger: {
          TimeOfOrderChange: order.lastUpdatedTime,
          ChangeReason: type === 'BuyerRequestedChange' ? 'Buyer Requested Cancel' : 'Order Status Change',
        },
        Summary: {
          MarketplaceId: order.salesChannel.marketplaceId,
          OrderStatus: STATUS_V0[status] ?? status,
          PurchaseDate: order.createdTime,
          DestinationPostalCode: order.recipient?.deliveryAddress?.postalCode ?? null,
          FulfillmentType: order.fulfillment?.fulfilledBy === 'AMAZON' ? 'AFN' : 'MFN',
          OrderType: 'StandardOrder',
          OrderItems: order.orderItems.map((item) => ({
            OrderItemId: item.orderItemId,
            SellerSKU: item.product.sellerSku,
            Quantity: item.quantityOrdered,
            QuantityShipped: item.fulfillment?.quantityFulfilled ?? 0,
            IsBuyerRequestedCancel: Boolean(item.cancellation?.cancellationRequest),
          })),
        },
      },
    },
    NotificationMetadata: {
      ApplicationId: 'amzn1.sellerapps.app.sandbox',
      SubscriptionId: 'sandbox-order-change',
      PublishTime: order.lastUpdatedTime,
      NotificationId: randomUUID(),
    },
  };
}
