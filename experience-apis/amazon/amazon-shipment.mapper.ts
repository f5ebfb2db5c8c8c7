import type { ConfirmPackage } from '../channel-kit/index.js';
import type { ConfirmShipmentRequest } from './amazon-orders-v0.wire.js';
import { amazonCarrier } from './amazon.carriers.js';
import type { AmazonSettings } from './amazon.settings.js';
import { OrderPackagesWire } from './amazon.wire.js';

/** Amazon's name of the package, numeric. The same package always has the same one. */
export function packageReferenceId(command: ConfirmPackage): string {
  return String(command.packageNumber);
}

export function confirmShipmentRequest(settings: AmazonSettings, command: ConfirmPackage): ConfirmShipmentRequest {
  return {
    marketplaceId: command.attributes['marketplaceId'] ?? settings.marketplaceIds[0] ?? '',
    packageDetail: {
      packageReferenceId: packageReferenceId(command),
      ...amazonCarrier(command.carrier, settings.carrierCodes),
      ...(command.service === undefined ? {} : { shippingMethod: command.service }),
      trackingNumber: command.trackingNumber,
      shipDate: command.shippedAt,
      orderItems: command.items.map(({ lineReference, quantity }) => ({ orderItemId: lineReference, quantity })),
    },
  };
}

/** Whether Amazon shows this package on the order already. */
export function showsPackage(order: unknown, command: ConfirmPackage): boolean {
  const read = OrderPackagesWire.safeParse(order);
  return (
    read.success &&
    (read.data.packages ?? []).some(
      (shown) =>
        shown.packageReferenceId === packageReferenceId(command) && shown.trackingNumber === command.trackingNumber,
    )
  );
}

/** Amazon takes no confirmation for an order that it shows as cancelled. */
export function isCancelled(order: unknown): boolean {
  const read = OrderPackagesWire.safeParse(order);
  return read.success && read.data.fulfillment?.fulfillmentStatus === 'CANCELLED';
}
