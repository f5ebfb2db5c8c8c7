import { declarePolicies } from '../../../src/platform/outside/operation-policy.js';
import { SAP_SYSTEM } from './sap-s4hana.errors.js';

/*
 * SAP publishes no rate for API_SALES_ORDER_SRV, API_OUTBOUND_DELIVERY_SRV and API_MATERIAL_STOCK_SRV. Each call holds a
 * dialog work process, of which a system has some dozens for all its users. The limits are of each operation and process; a rate
 * for `*` holds all of them together.
 */
const SOURCE = 'No published rate; a call holds one dialog work process.';
const WRITES_AT_ONCE = 16;
const READS_AT_ONCE = 16;

const ORDER = ['postSalesOrder'];
const REDUCTION = ['cancelSalesOrderItems'];
const GOODS_ISSUE = ['postGoodsIssue'];
const write = (uses: readonly string[]) => ({ write: true, uses, concurrencyMax: WRITES_AT_ONCE });
const read = (uses: readonly string[]) => ({ write: false, uses });

/** How SAP S/4HANA is called. */
export const SAP_POLICIES = declarePolicies(
  {
    system: SAP_SYSTEM,
    tier: 3,
    timeoutMs: 30_000,
    concurrencyMax: READS_AT_ONCE,
    breaker: { failures: 5, openMs: 10_000 },
    // SAP has no unique key: the effect of a lost answer must have had time to show before it is looked up.
    retry: { limit: 3_000, delayS: 2, delaySMax: 60 },
    source: SOURCE,
  },
  {
    'csrf-token.fetch': { write: false, uses: [...ORDER, ...REDUCTION, ...GOODS_ISSUE], confidential: true },
    'A_SalesOrder.create': write(ORDER),
    'A_SalesOrder.find': read(ORDER),
    'A_SalesOrder.read': read(['readSalesOrders']),
    'A_SalesOrder.to_Item.read': read(['readSalesOrders']),
    'A_SalesOrderItem.read': read(REDUCTION),
    'A_SalesOrderItem.change': write(REDUCTION),
    'A_OutbDeliveryHeader.create': write(GOODS_ISSUE),
    'A_OutbDeliveryHeader.find': read(GOODS_ISSUE),
    'A_OutbDeliveryHeader.read': read(GOODS_ISSUE),
    'A_OutbDeliveryHeader.to_DeliveryDocumentItem.read': read(GOODS_ISSUE),
    DeleteAllSerialNumbersFromDeliveryItem: write(GOODS_ISSUE),
    AddSerialNumberToDeliveryItem: write(GOODS_ISSUE),
    PickAllItems: write(GOODS_ISSUE),
    PostGoodsIssue: write(GOODS_ISSUE),
    'A_OutbDeliveryHeader.readBilling': read(['readBilling']),
    'A_OutbDeliveryHeader.readInvoice': read(['readBilling']),
    'A_MaterialStock.read': { ...read(['readStock']), tier: 4, concurrencyMax: 4 },
    'A_MatlStkInAcctMod.read': { ...read(['readStock']), tier: 4, concurrencyMax: 4 },
  },
);
