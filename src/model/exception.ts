import type { Instant } from './time.js';

/** Who has to act. */
export const OWNER_ROLES = ['CATALOG', 'FINANCE', 'FRAUD', 'FULFILLMENT', 'CUSTOMER_SERVICE', 'INTEGRATION'] as const;
export type OwnerRole = (typeof OWNER_ROLES)[number];

export const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a person can do about an exception. Each solves the cause; what waited on it goes on by itself. */
export const EXCEPTION_ACTIONS = [
  'MAP_SKU',
  'CORRECT_ADDRESS',
  'CORRECT_SHIP_METHOD',
  'ACCEPT_PRICE',
  'RE_SOURCE',
  'HOLD',
  'RELEASE_HOLD',
  'CANCEL',
  'RETRY',
  'REPROCESS_MESSAGE',
  'IGNORE',
] as const;
export type ExceptionAction = (typeof EXCEPTION_ACTIONS)[number];

interface CategoryDefinition {
  /** A few words for lists. */
  readonly title: string;
  /** What happens while nobody acts. */
  readonly why: string;
  readonly owner: OwnerRole;
  readonly severity: Severity;
  /** Minutes in which it should be solved, when nothing more pressing (the order's ship-by) says so. */
  readonly slaMinutes: number;
  readonly actions: readonly ExceptionAction[];
}

const HOUR = 60;
const DAY = 24 * HOUR;
const STOPS = 'The order does not go on until it is solved.';

/** All kinds of business problems that the hub hands to a person, in one place. Each has a runbook of its name. */
export const EXCEPTION_CATEGORIES = {
  UNKNOWN_SKU: {
    title: 'Unknown listing SKU',
    why: 'No item is known for what was sold: nothing can be reserved or shipped.',
    owner: 'CATALOG',
    severity: 'HIGH',
    slaMinutes: HOUR,
    actions: ['MAP_SKU', 'CANCEL', 'IGNORE'],
  },
  UNKNOWN_ERP_ITEM: {
    title: 'Item unknown or inactive in the ERP',
    why: 'The ERP refuses the sales order: the warehouse will not get it.',
    owner: 'CATALOG',
    severity: 'HIGH',
    slaMinutes: 2 * HOUR,
    actions: ['RETRY', 'HOLD', 'CANCEL', 'IGNORE'],
  },
  INVALID_SHIP_METHOD: {
    title: 'Invalid ship method',
    why: 'Nobody ships it that way: the warehouse will not take the order.',
    owner: 'FULFILLMENT',
    severity: 'HIGH',
    slaMinutes: 2 * HOUR,
    actions: ['CORRECT_SHIP_METHOD', 'CANCEL', 'IGNORE'],
  },
  ADDRESS_FAILURE: {
    title: 'Address cannot be delivered to',
    why: 'The parcel would not arrive, or goes to a former address.',
    owner: 'CUSTOMER_SERVICE',
    severity: 'HIGH',
    slaMinutes: 4 * HOUR,
    actions: ['CORRECT_ADDRESS', 'RELEASE_HOLD', 'CANCEL', 'IGNORE'],
  },
  PRICE_MISMATCH: {
    title: 'Price or tax differs',
    why: 'Buyer, hub and ERP would account for different amounts.',
    owner: 'FINANCE',
    severity: 'MEDIUM',
    slaMinutes: 4 * HOUR,
    actions: ['ACCEPT_PRICE', 'CANCEL', 'IGNORE'],
  },
  DUPLICATE_REFERENCE: {
    title: 'Order reference used twice',
    why: 'Two orders with one number: the second was not taken.',
    owner: 'INTEGRATION',
    severity: 'MEDIUM',
    slaMinutes: 4 * HOUR,
    actions: ['REPROCESS_MESSAGE', 'IGNORE'],
  },
  CUSTOMER_ACCOUNT: {
    title: 'Customer account missing in the ERP',
    why: STOPS,
    owner: 'FINANCE',
    severity: 'HIGH',
    slaMinutes: 4 * HOUR,
    actions: ['RETRY', 'HOLD', 'CANCEL', 'IGNORE'],
  },
  CREDIT_HOLD: {
    title: 'Customer on credit hold',
    why: STOPS,
    owner: 'FINANCE',
    severity: 'MEDIUM',
    slaMinutes: 8 * HOUR,
    actions: ['RELEASE_HOLD', 'RETRY', 'CANCEL', 'IGNORE'],
  },
  FRAUD_HOLD: {
    title: 'Held for fraud',
    why: 'The goods stay until someone has looked at the order.',
    owner: 'FRAUD',
    severity: 'HIGH',
    slaMinutes: 4 * HOUR,
    actions: ['RELEASE_HOLD', 'CANCEL', 'IGNORE'],
  },
  ORDER_HELD: {
    title: 'Held by rule or by hand',
    why: 'The goods stay until someone releases the order.',
    owner: 'CUSTOMER_SERVICE',
    severity: 'MEDIUM',
    slaMinutes: 8 * HOUR,
    actions: ['RELEASE_HOLD', 'CANCEL', 'IGNORE'],
  },
  PAYMENT_NOT_CAPTURED: {
    title: 'Payment not captured',
    why: 'The goods would leave unpaid: they stay.',
    owner: 'FINANCE',
    severity: 'MEDIUM',
    slaMinutes: DAY,
    actions: ['RELEASE_HOLD', 'CANCEL', 'IGNORE'],
  },
  ERP_REJECTED: {
    title: 'ERP rejected the order',
    why: 'Stock stays claimed, and nothing ships.',
    owner: 'INTEGRATION',
    severity: 'HIGH',
    slaMinutes: 2 * HOUR,
    actions: ['RETRY', 'HOLD', 'CANCEL', 'IGNORE'],
  },
  STOCK_SHORTAGE: {
    title: 'Not enough stock',
    why: 'The order waits for goods to come.',
    owner: 'FULFILLMENT',
    severity: 'MEDIUM',
    slaMinutes: DAY,
    actions: ['RE_SOURCE', 'CANCEL', 'IGNORE'],
  },
  SHORT_PICK: {
    title: 'Short pick, and no other node has it',
    why: 'The units were not found where they were counted: the buyer still waits.',
    owner: 'FULFILLMENT',
    severity: 'HIGH',
    slaMinutes: 4 * HOUR,
    actions: ['RE_SOURCE', 'CANCEL', 'IGNORE'],
  },
  NODE_REJECTED: {
    title: 'Node rejected the work, and no other can do it',
    why: STOPS,
    owner: 'FULFILLMENT',
    severity: 'HIGH',
    slaMinutes: 2 * HOUR,
    actions: ['RE_SOURCE', 'CANCEL', 'IGNORE'],
  },
  CARRIER_FAILURE: {
    title: 'Carrier refused or failed',
    why: 'The parcel does not move, or comes back.',
    owner: 'CUSTOMER_SERVICE',
    severity: 'HIGH',
    slaMinutes: 4 * HOUR,
    actions: ['CORRECT_ADDRESS', 'CORRECT_SHIP_METHOD', 'RE_SOURCE', 'CANCEL', 'IGNORE'],
  },
  LATE: {
    title: 'A step takes too long',
    why: 'The promise to the buyer, or the channel’s limit, is in danger.',
    owner: 'FULFILLMENT',
    severity: 'HIGH',
    slaMinutes: HOUR,
    actions: ['RETRY', 'RE_SOURCE', 'CANCEL', 'IGNORE'],
  },
  CHANNEL_REJECTED: {
    title: 'Channel rejected our update',
    why: 'Buyer and channel do not know what was shipped, or sell what is not there.',
    owner: 'INTEGRATION',
    severity: 'HIGH',
    slaMinutes: 2 * HOUR,
    actions: ['RETRY', 'IGNORE'],
  },
  WAREHOUSE_REJECTED: {
    title: 'Warehouse rejected our command',
    why: STOPS,
    owner: 'FULFILLMENT',
    severity: 'HIGH',
    slaMinutes: 2 * HOUR,
    actions: ['RETRY', 'RE_SOURCE', 'CANCEL', 'IGNORE'],
  },
  LATE_AMENDMENT: {
    title: 'Change came too late',
    why: 'What the channel or a person changed is not in the documents outside.',
    owner: 'CUSTOMER_SERVICE',
    severity: 'MEDIUM',
    slaMinutes: 8 * HOUR,
    actions: ['CANCEL', 'IGNORE'],
  },
  CREDENTIALS: {
    title: 'Outside system does not let the hub in',
    why: 'Everything for this system waits until its credentials are mended.',
    owner: 'INTEGRATION',
    severity: 'CRITICAL',
    slaMinutes: 30,
    actions: ['RETRY', 'IGNORE'],
  },
  GAVE_UP: {
    title: 'Outside call failed too often',
    why: 'The hub has stopped trying: the step is not done.',
    owner: 'INTEGRATION',
    severity: 'HIGH',
    slaMinutes: 2 * HOUR,
    actions: ['RETRY', 'CANCEL', 'IGNORE'],
  },
  CONTRACT_CHANGED: {
    title: 'Payload no longer fits the contract',
    why: 'What was sent is kept and not taken: it may be an order.',
    owner: 'INTEGRATION',
    severity: 'CRITICAL',
    slaMinutes: HOUR,
    actions: ['REPROCESS_MESSAGE', 'RETRY', 'IGNORE'],
  },
  UNMATCHED_EVENT: {
    title: 'Event for an order that is not known',
    why: 'Something happened outside that the hub cannot place.',
    owner: 'INTEGRATION',
    severity: 'MEDIUM',
    slaMinutes: 4 * HOUR,
    actions: ['REPROCESS_MESSAGE', 'IGNORE'],
  },
  MESSAGE_REFUSED: {
    title: 'Message against the rules',
    why: 'What it tells does not fit what the hub knows: it was not taken.',
    owner: 'INTEGRATION',
    severity: 'MEDIUM',
    slaMinutes: 4 * HOUR,
    actions: ['REPROCESS_MESSAGE', 'IGNORE'],
  },
  POISON_MESSAGE: {
    title: 'Message that the hub fails on',
    why: 'The hub has a fault there: what was sent is kept and not taken.',
    owner: 'INTEGRATION',
    severity: 'CRITICAL',
    slaMinutes: 2 * HOUR,
    actions: ['REPROCESS_MESSAGE', 'IGNORE'],
  },
  STOCK_DRIFT: {
    title: 'Stock differs between systems',
    why: 'Someone may be sold what is not there, or is not sold what is.',
    owner: 'FULFILLMENT',
    severity: 'MEDIUM',
    slaMinutes: DAY,
    actions: ['IGNORE'],
  },
} as const satisfies Readonly<Record<string, CategoryDefinition>>;

export type ExceptionCategory = keyof typeof EXCEPTION_CATEGORIES;

/** Widened: for code that works on any category. */
export function categoryDefinition(category: ExceptionCategory): CategoryDefinition {
  return EXCEPTION_CATEGORIES[category];
}

/** What an exception is about, for links and for its actions. Free of personal data. */
export interface ExceptionSubject {
  readonly orderId?: string;
  readonly channel?: string;
  /** The channel's order id. */
  readonly reference?: string;
  readonly listingSku?: string;
  readonly sku?: string;
  readonly node?: string;
  readonly fulfillmentOrderId?: string;
  readonly shipmentId?: string;
  readonly packageId?: string;
  readonly holdId?: string;
  /** Of the order's wait that it explains. */
  readonly waitKey?: string;
  readonly system?: string;
  readonly operation?: string;
  readonly messageId?: string;
  readonly driftRunId?: string;
}

/**
 * A business problem as it stands, found by looking at state alone. One exception stands for each key; it ends by itself
 * when the problem is no longer found.
 */
export interface Problem {
  /** `order/<id>/LISTING:shop-eu/X`, `message/<id>`: the same problem has the same key. */
  readonly key: string;
  readonly category: ExceptionCategory;
  /** What is wrong, of which order, in a sentence for a business person. No personal data. */
  readonly sentence: string;
  /** Problems of one cause share it: solving the cause ends them all. `LISTING:shop-eu/X`. */
  readonly groupKey: string;
  readonly subject: ExceptionSubject;
  /** By when, where the business says so (the order's ship-by). Absent: the category's SLA from when it was raised. */
  readonly dueAt?: Instant;
}
