import { createHash } from 'node:crypto';
import { formatDecimal, MoneyError, parseMoney, type Money } from '../../../src/model/money.js';
import { OutsideError } from '../../../src/platform/outside/outside-error.js';
import type { PostGoodsIssue, PostSalesOrder, SalesOrderDecision, SalesOrderLine } from '../erp.port.js';
import { jsonDate } from './odata.js';
import { SAP_SYSTEM } from './sap-s4hana.errors.js';
import type { SapPlace, SapS4HanaSettings } from './sap-s4hana.settings.js';
import type {
  CreateDelivery,
  CreatePricingElement,
  CreateSalesOrder,
  CreateSalesOrderItem,
  SapDeliveryItemFlow,
  SapSalesOrderDecision,
  SapSalesOrderReference,
} from './sap-s4hana.wire.js';

const REFERENCE_LENGTH_MAX = 35;
const CONDITION_QUANTITY_MAX = 99_999;
const INVOICE_CATEGORY = 'M';

/**
 * The hub's idempotency key as SAP can hold and search it: 35 characters are all that the field has, one less than a UUID.
 * Upper case, because SAP's own search of the field folds case. 128 bits of a hash do not meet by chance.
 */
export function sapKey(idempotencyKey: string): string {
  return `EP-${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32).toUpperCase()}`;
}

/** SAP counts items in tens: 10, 20, 30 … */
export function itemNumber(lineNumber: number): string {
  return String(lineNumber * 10);
}

/** SAP pads item numbers in some services ("000010") and not in others ("10"). */
export function sameItem(left: string, right: string): boolean {
  return left.replace(/^0+/, '') === right.replace(/^0+/, '');
}

export function itemsByLine(lines: readonly SalesOrderLine[]): Readonly<Record<string, string>> {
  return Object.fromEntries(lines.map((line) => [line.lineId, itemNumber(line.number)]));
}

/** The deep insert for a new sales order. */
export function salesOrderBody(command: PostSalesOrder, settings: SapS4HanaSettings): CreateSalesOrder {
  const { soldToParty, shipToPartyByChannel } = settings;
  const shipTo = shipToPartyByChannel[command.channel];
  return {
    SalesOrderType: settings.salesOrderType,
    SalesOrganization: settings.salesOrganization,
    DistributionChannel: settings.distributionChannel,
    OrganizationDivision: settings.division,
    SoldToParty: soldToParty.byChannel[command.channel] ?? soldToParty.default,
    PurchaseOrderByCustomer: sapKey(command.idempotencyKey),
    PurchaseOrderByShipToParty: command.reference.slice(0, REFERENCE_LENGTH_MAX),
    CustomerPurchaseOrderDate: jsonDate(command.placedAt),
    TransactionCurrency: command.currency,
    ...(shipTo === undefined ? {} : { to_Partner: { results: [{ PartnerFunction: 'SH', Customer: shipTo }] } }),
    to_Item: { results: command.lines.map((line) => salesOrderItem(line, settings)) },
  };
}

function salesOrderItem(line: SalesOrderLine, settings: SapS4HanaSettings): CreateSalesOrderItem {
  // One item per line, in the plant of its first allocation: the README tells why it is not split.
  const node = line.allocations[0]?.node;
  if (node === undefined) throw notMapped('A_SalesOrder.create', `line ${line.number} (${line.sku}) has no node`);
  return {
    SalesOrderItem: itemNumber(line.number),
    Material: line.sku,
    RequestedQuantity: String(line.quantity),
    RequestedQuantityUnit: settings.quantityUnit,
    ProductionPlant: placeOf(node, settings, 'A_SalesOrder.create').plant,
    to_PricingElement: { results: [pricingElement(line.netAmount, line.quantity, settings)] },
  };
}

/**
 * The line's net amount as a price per so many units, in lowest terms. A price per one unit cannot state what three units
 * for 10.00 cost; 10.00 per 3 units can, and keeps the line's amount to the cent.
 */
export function pricingElement(net: Money, units: number, settings: SapS4HanaSettings): CreatePricingElement {
  const divisor = greatestCommonDivisor(net.minor, units);
  const per = units / divisor;
  if (per > CONDITION_QUANTITY_MAX)
    throw notMapped('A_SalesOrder.create', `the amount ${formatDecimal(net)} cannot be priced for ${units} units`);
  return {
    ConditionType: settings.priceConditionType,
    ConditionRateValue: formatDecimal({ minor: net.minor / divisor, currency: net.currency }),
    ConditionCurrency: net.currency,
    ConditionQuantity: String(per),
    ConditionQuantityUnit: settings.quantityUnit,
  };
}

// Of an amount of 0 and any units it is the units: 0.00 per 1.
function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? Math.abs(left) : greatestCommonDivisor(right, left % right);
}

/** What SAP decided, by its header status; the README has the table. */
export function decisionState(order: SapSalesOrderDecision): Exclude<SalesOrderDecision['state'], 'MISSING'> {
  if (order.OverallSDDocumentRejectionSts === 'C' || order.SalesDocApprovalStatus === 'C') return 'REJECTED';
  const inApproval = ['A', 'D'].includes(order.SalesDocApprovalStatus);
  return inApproval || isCreditBlocked(order) || order.DeliveryBlockReason !== '' ? 'PENDING' : 'CONFIRMED';
}

export function isCreditBlocked({ TotalCreditCheckStatus: status }: SapSalesOrderDecision): boolean {
  return status === 'B' || status === 'C';
}

/** SAP's own total. Nothing where it tells none, or one that is no amount of its currency: then nothing is compared. */
export function totalOf({ TotalNetAmount, TransactionCurrency }: SapSalesOrderReference): { netAmount?: Money } {
  if (TotalNetAmount === undefined || TransactionCurrency === undefined) return {};
  try {
    return { netAmount: parseMoney(TotalNetAmount, TransactionCurrency) };
  } catch (error) {
    if (error instanceof MoneyError) return {};
    throw error;
  }
}

/** Why SAP rejected it, in a sentence: the API tells codes alone. */
export function rejectionSentence(
  order: SapSalesOrderDecision,
  itemReasons: readonly string[],
  texts: Readonly<Record<string, string>>,
): string {
  const reasons = [...new Set(itemReasons.filter((reason) => reason !== ''))];
  const named = reasons.map((reason) => {
    const text = texts[reason];
    return text === undefined ? `reason for rejection ${reason}` : `${text} (reason for rejection ${reason})`;
  });
  if (order.SalesDocApprovalStatus === 'C') named.unshift('the approval was refused');
  return named.join('; ') || 'all items were rejected without a reason';
}

/** The deep insert for a new outbound delivery. */
export function deliveryBody(command: PostGoodsIssue, settings: SapS4HanaSettings): CreateDelivery {
  const [firstTracking] = command.trackingNumbers;
  const { deliveryTextId } = settings;
  return {
    DeliveryDocumentBySupplier: sapKey(command.idempotencyKey),
    ActualGoodsMovementDate: jsonDate(command.shippedAt),
    ...(firstTracking === undefined ? {} : { BillOfLading: firstTracking.slice(0, REFERENCE_LENGTH_MAX) }),
    ...(deliveryTextId === undefined ? {} : { to_DeliveryDocumentText: deliveryText(command, deliveryTextId) }),
    to_DeliveryDocumentItem: {
      results: command.items.map((item) => {
        const { storageLocation } = placeOf(item.node, settings, 'A_OutbDeliveryHeader.create');
        return {
          ReferenceSDDocument: command.salesOrder,
          ReferenceSDDocumentItem: item.item,
          ActualDeliveryQuantity: String(item.quantity),
          DeliveryQuantityUnit: settings.quantityUnit,
          ...(storageLocation === undefined ? {} : { StorageLocation: storageLocation }),
        };
      }),
    },
  };
}

function deliveryText(command: PostGoodsIssue, textId: string) {
  const tracking = command.trackingNumbers.length > 0 ? `, tracking ${command.trackingNumbers.join(', ')}` : '';
  const text = `Shipment ${command.shipmentReference}${tracking}`;
  return { results: [{ TextElement: textId, Language: 'EN', TextElementText: text }] };
}

/** The billing document that follows a delivery item, when there is one. */
export function invoiceOf(item: SapDeliveryItemFlow | undefined): string | undefined {
  const invoice = item?.to_DocumentFlow.results.find((flow) => flow.SubsequentDocumentCategory === INVOICE_CATEGORY);
  return invoice?.Subsequentdocument;
}

/** Throws `mapping` when no place is configured. */
export function placeOf(node: string, settings: SapS4HanaSettings, operation: string): SapPlace {
  const place = settings.nodes[node];
  if (place === undefined) throw notMapped(operation, `no SAP plant is configured for node ${node}`);
  return place;
}

function notMapped(operation: string, reason: string): OutsideError {
  return new OutsideError('mapping', `${SAP_SYSTEM} cannot take this: ${reason}`, { system: SAP_SYSTEM, operation });
}
