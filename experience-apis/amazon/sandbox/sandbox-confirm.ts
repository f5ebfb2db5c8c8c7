import { isDeepStrictEqual } from 'node:util';
import { ConfirmShipmentWire, type ConfirmShipmentRequest } from '../amazon-orders-v0.wire.js';
import type { Order2026, OrderItem2026, OrderPackage2026 } from '../amazon.wire.js';
import { errorAnswer, invalidInput, type SandboxAnswer } from './sandbox-answers.js';
import type { PackageDetail } from './sandbox-journal.js';
import type { SandboxState } from './sandbox-state.js';

const SHIPPABLE: ReadonlySet<string> = new Set(['UNSHIPPED', 'PARTIALLY_SHIPPED']);
const DONE: SandboxAnswer = { status: 204 };
// Amazon's own sentence for a package whose units are confirmed already (selling-partner-api-models issue 5037).
const NOTHING_TO_CONFIRM =
  'Failed to create package due to not finding a matching package or order already fulfilled. ErrorMessage(errorCode=GeneralError, errorDescription=Unable to find package to update for order, errorMetric=PackageToUpdateNotFound, packageIndex=null)';

/** confirmShipment: one package of an order. The same package again changes nothing. */
export function confirmShipment(
  state: SandboxState,
  orderId: string,
  body: unknown,
  changed: (order: Order2026) => void,
): SandboxAnswer {
  const request = ConfirmShipmentWire.safeParse(body);
  if (!request.success) return malformed(request.error.issues[0]?.path ?? []);
  const order = state.order(orderId);
  if (order === undefined) return errorAnswer(404, 'NotFound', `Requested order ${orderId} is not found`);
  const { packageDetail } = request.data;
  const earlier = state
    .confirmations(orderId)
    .find(({ packageReferenceId }) => packageReferenceId === packageDetail.packageReferenceId);
  if (earlier !== undefined) return isDeepStrictEqual(earlier, packageDetail) ? DONE : invalidInput(NOTHING_TO_CONFIRM);

  const refusal = refusalOf(order, request.data);
  if (refusal !== undefined) return refusal;
  const shipped = state.stamped(withPackage(order, packageDetail));
  state.record({ type: 'order', order: shipped, confirmed: packageDetail });
  changed(shipped);
  return DONE;
}

function malformed(path: readonly PropertyKey[]): SandboxAnswer {
  const field = path.map(String).join('.');
  if (field === 'packageDetail.packageReferenceId')
    return invalidInput('PackageReferenceId: is invalid, must be a positive numeric value.');
  return invalidInput(
    `The input you have submitted is not valid. Please check the fields with invalid type [${field}].`,
  );
}

function refusalOf(order: Order2026, request: ConfirmShipmentRequest): SandboxAnswer | undefined {
  const { packageDetail, marketplaceId } = request;
  if (order.salesChannel.marketplaceId !== marketplaceId) return invalidInput('MarketplaceId: is invalid.');
  if (packageDetail.carrierCode === 'Other' && packageDetail.carrierName === undefined)
    return invalidInput('CarrierName: is required when CarrierCode is Other.');
  const items = new Map(order.orderItems.map((item) => [item.orderItemId, item]));
  if (packageDetail.orderItems.some(({ orderItemId }) => !items.has(orderItemId)))
    return invalidInput(
      'OrderItemId is invalid, please obtain the value through the getOrderItems API or Manage Orders page',
    );
  const shippable = SHIPPABLE.has(order.fulfillment?.fulfillmentStatus ?? '');
  const tooMany = order.orderItems.some((item) => unitsIn(packageDetail, item) > openUnits(item));
  return shippable && !tooMany ? undefined : invalidInput(NOTHING_TO_CONFIRM);
}

function withPackage(order: Order2026, detail: PackageDetail): Order2026 {
  const orderItems = order.orderItems.map((item) => {
    const units = unitsIn(detail, item);
    return units === 0 ? item : { ...item, fulfillment: shippedUnits(item, units) };
  });
  const left = orderItems.reduce((sum, item) => sum + openUnits(item), 0);
  return {
    ...order,
    orderItems,
    fulfillment: { ...order.fulfillment, fulfillmentStatus: left === 0 ? 'SHIPPED' : 'PARTIALLY_SHIPPED' },
    packages: [...(order.packages ?? []), shownPackage(detail)],
  };
}

function shownPackage(detail: PackageDetail): OrderPackage2026 {
  return {
    packageReferenceId: detail.packageReferenceId,
    packageStatus: { status: 'SHIPPED' },
    carrier: detail.carrierName ?? detail.carrierCode,
    shipTime: detail.shipDate,
    shippingService: detail.shippingMethod,
    trackingNumber: detail.trackingNumber,
    packageItems: detail.orderItems.map(({ orderItemId, quantity }) => ({ orderItemId, quantity })),
  };
}

function shippedUnits(item: OrderItem2026, units: number): OrderItem2026['fulfillment'] {
  return {
    ...item.fulfillment,
    quantityFulfilled: (item.fulfillment?.quantityFulfilled ?? 0) + units,
    quantityUnfulfilled: openUnits(item) - units,
  };
}

function unitsIn(detail: PackageDetail, item: OrderItem2026): number {
  return detail.orderItems
    .filter(({ orderItemId }) => orderItemId === item.orderItemId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
}

function openUnits(item: OrderItem2026): number {
  return item.fulfillment?.quantityUnfulfilled ?? item.quantityOrdered;
}
