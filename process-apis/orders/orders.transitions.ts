import type { Order } from '../../src/model/order.js';
import type { SoftReservation } from '../availability/index.js';
import type { OrderTask } from './orders.tasks.js';
import type { OrderFact, OrderFactBody, OrderFactKind } from './orders.facts.js';
import { decideChannelOrder } from './decide/accept.js';
import { decideCancellation } from './decide/cancel.js';
import { Decision, FactRejectedError, type DecidedEvent, type DecisionContext } from './decide/decision.js';
import {
  decideChannelConfirmed,
  decideGoodsIssued,
  decideInvoiced,
  decideSalesOrderConfirmed,
  decideSalesOrderNotNeeded,
  decideSalesOrderPosted,
  decideSalesOrderReduced,
  decideSalesOrderRejected,
} from './decide/erp.js';
import {
  decideCancelled,
  decideCancelRefused,
  decideCarrierRefused,
  decideNodeRejected,
  decideProgress,
  decideReleased,
  decideShipped,
  decideShortPicked,
} from './decide/fulfill.js';
import { decideOutsideFulfillment, decideOutsideCallFailed, decideRefund } from './decide/observe.js';
import {
  decideAddressCorrected,
  decideRefusedAsDifferent,
  decideReSource,
  decideShipMethodCorrected,
} from './decide/correct.js';
import { decideHoldPlaced, decideHoldReleased } from './decide/hold.js';
import { proceed } from './decide/proceed.js';
import { decideRetry } from './decide/retry.js';
import { decideReturnAnnounced, decideTracked, decideWaitOverdue } from './decide/track.js';

interface Transition<Kind extends OrderFactKind> {
  /** What the fact means for the order, in a sentence. */
  readonly means: string;
  /** The decision may claim, free or take out stock: its positions are locked first. */
  readonly touchesStock: boolean;
  readonly decide: (decision: Decision, body: Extract<OrderFactBody, { kind: Kind }>, fact: OrderFact) => void;
}

/**
 * The whole process in one table: what each fact does to an order. After each of them `proceed` takes the order as far
 * as it goes by itself: map listings → claim stock → request the sales order → take cancelled units off it →
 * release to the warehouses → complete. A fact that no longer fits the state changes nothing.
 */
export const TRANSITIONS: { readonly [Kind in OrderFactKind]: Transition<Kind> } = {
  ChannelOrderReceived: {
    means: 'The channel told of the order: it is accepted, amended, cancelled in part or whole, or already known.',
    touchesStock: true,
    decide: (decision, body) => decideChannelOrder(decision, body.order),
  },
  CancellationRequested: {
    means: 'Units are no longer wanted: cancelled at once, or as soon as the warehouse agrees; refused once shipped.',
    touchesStock: true,
    decide: decideCancellation,
  },
  Reconsidered: {
    means: 'Something the order waits for may have come (stock, a listing).',
    touchesStock: true,
    decide: () => undefined,
  },
  RetryRequested: {
    means: 'A person wants the failed steps tried again.',
    touchesStock: true,
    decide: decideRetry,
  },
  SalesOrderPosted: {
    means: 'The ERP holds the sales order, and has yet to decide.',
    touchesStock: false,
    decide: decideSalesOrderPosted,
  },
  SalesOrderConfirmed: {
    means: 'The ERP accepts the order: the warehouses may work.',
    touchesStock: false,
    decide: decideSalesOrderConfirmed,
  },
  SalesOrderRejected: {
    means: 'The ERP refuses the order; its stock stays claimed until a person decides.',
    touchesStock: false,
    decide: decideSalesOrderRejected,
  },
  SalesOrderNotNeeded: {
    means: 'The order was cancelled before anything was sent to the ERP.',
    touchesStock: false,
    decide: decideSalesOrderNotNeeded,
  },
  SalesOrderReduced: {
    means: 'The ERP took cancelled units off the sales order.',
    touchesStock: false,
    decide: decideSalesOrderReduced,
  },
  FulfillmentReleased: {
    means: 'The warehouse took the work.',
    touchesStock: false,
    decide: decideReleased,
  },
  FulfillmentRejected: {
    means: 'The node refuses the work: its units are sourced from other nodes.',
    touchesStock: true,
    decide: decideNodeRejected,
  },
  FulfillmentPicked: {
    means: 'Units are picked.',
    touchesStock: false,
    decide: decideProgress,
  },
  FulfillmentPacked: {
    means: 'Units are packed.',
    touchesStock: false,
    decide: decideProgress,
  },
  FulfillmentShortPicked: {
    means: 'The node has fewer units than recorded: they are written off and sourced again.',
    touchesStock: true,
    decide: (decision, body, fact) => decideShortPicked(decision, body, fact.occurredAt),
  },
  FulfillmentShipped: {
    means: 'Packages left: stock goes out, the channel and the ERP are told.',
    touchesStock: true,
    decide: (decision, body, fact) => decideShipped(decision, body, fact.occurredAt),
  },
  FulfillmentCancelled: {
    means: 'The warehouse stopped the work: cancelled units are free for sale, others are sourced again.',
    touchesStock: true,
    decide: decideCancelled,
  },
  FulfillmentCancelRefused: {
    means: 'Too late to cancel: the units will ship.',
    touchesStock: false,
    decide: decideCancelRefused,
  },
  ChannelShipmentConfirmed: {
    means: 'The channel took the confirmation of a package.',
    touchesStock: false,
    decide: decideChannelConfirmed,
  },
  GoodsIssuePosted: {
    means: 'The ERP posted the goods issue of a shipment.',
    touchesStock: false,
    decide: decideGoodsIssued,
  },
  InvoicePosted: {
    means: 'The ERP billed a delivery.',
    touchesStock: false,
    decide: decideInvoiced,
  },
  RefundIssued: {
    means: 'The channel gave money back to the buyer.',
    touchesStock: false,
    decide: decideRefund,
  },
  FulfillmentObserved: {
    means: 'The channel shows a fulfillment: our own, or units that someone shipped by hand.',
    touchesStock: true,
    decide: decideOutsideFulfillment,
  },
  OutsideCallFailed: {
    means: 'A call outside failed; what waits for it says so.',
    touchesStock: false,
    decide: decideOutsideCallFailed,
  },
  WaitOverdue: {
    means: 'A step takes longer than its SLA clock allows.',
    touchesStock: false,
    decide: decideWaitOverdue,
  },
  HoldPlaced: {
    means: 'Nothing more goes outside until the hold is released; stock stays claimed.',
    touchesStock: false,
    decide: decideHoldPlaced,
  },
  HoldReleased: {
    means: 'A hold ends: with the last of them the order goes on.',
    touchesStock: false,
    decide: decideHoldReleased,
  },
  AddressCorrected: {
    means: 'It goes to another address: work that nodes were told with the old one is taken back and released anew.',
    touchesStock: false,
    decide: decideAddressCorrected,
  },
  ShipMethodCorrected: {
    means: 'It ships another way: work that nodes were told with the old one is taken back and released anew.',
    touchesStock: false,
    decide: decideShipMethodCorrected,
  },
  ReSourceRequested: {
    means: 'A person wants units from another node, or nodes that refused asked again.',
    touchesStock: true,
    decide: decideReSource,
  },
  FulfillmentRefusedAsDifferent: {
    means: 'The warehouse holds an earlier release that says something else: it is stopped, then released anew.',
    touchesStock: false,
    decide: decideRefusedAsDifferent,
  },
  CarrierRefused: {
    means: 'The carrier would not take a parcel: a person decides.',
    touchesStock: false,
    decide: decideCarrierRefused,
  },
  PackageTracked: {
    means: 'The carrier told where a parcel is.',
    touchesStock: false,
    decide: decideTracked,
  },
  ReturnAnnounced: {
    means: 'The buyer wants to send units back.',
    touchesStock: false,
    decide: decideReturnAnnounced,
  },
};

export interface Decided {
  readonly order: Order;
  readonly events: readonly DecidedEvent[];
  readonly tasks: readonly OrderTask[];
  readonly converted?: SoftReservation;
}

/** Decides what a fact leads to. Pure and synchronous. Throws FactRejectedError when it is against the rules. */
export function decide(order: Order | undefined, fact: OrderFact, context: DecisionContext): Decided {
  if (order === undefined && fact.body.kind !== 'ChannelOrderReceived')
    throw new FactRejectedError('there is no such order');
  const reservation = fact.body.kind === 'ChannelOrderReceived' ? fact.body.order.reservation : undefined;
  const decision = new Decision(order, context, fact.occurredAt, reservation);
  apply(decision, fact);
  proceed(decision);
  const { events, tasks, converted } = decision;
  return { order: decision.order, events, tasks, ...(converted === undefined ? {} : { converted }) };
}

function apply(decision: Decision, fact: OrderFact): void {
  // The table's type ties each kind to its body; TypeScript cannot follow a lookup by a union.
  const transition = TRANSITIONS[fact.body.kind] as {
    decide(of: Decision, body: OrderFactBody, fact: OrderFact): void;
  };
  transition.decide(decision, fact.body, fact);
}
