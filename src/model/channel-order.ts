import type { Money } from './money.js';
import type { HoldKind } from './hold-kind.js';
import type { Instant } from './time.js';

/** What an amount is for. The label keeps the channel's own words. */
export type ChargeKind =
  | 'ITEM'
  | 'SHIPPING'
  | 'TAX'
  | 'SHIPPING_TAX'
  | 'DISCOUNT'
  | 'SHIPPING_DISCOUNT'
  | 'GIFT_WRAP'
  | 'GIFT_WRAP_TAX'
  | 'DUTY'
  | 'TIP'
  | 'FEE'
  | 'OTHER';

/** One amount as the channel stated it. Discounts are negative. */
export interface Charge {
  readonly kind: ChargeKind;
  readonly label: string;
  readonly amount: Money;
  /** The rate as the channel's decimal text, for taxes. */
  readonly rate?: string;
  /** The amount is already part of the price (tax-inclusive prices). */
  readonly includedInPrice?: boolean;
  /** The channel collects and remits it (marketplace facilitator). */
  readonly collectedByChannel?: boolean;
}

export interface Address {
  readonly name?: string;
  readonly company?: string;
  readonly line1?: string;
  readonly line2?: string;
  readonly line3?: string;
  readonly city?: string;
  readonly region?: string;
  readonly postalCode?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly phone?: string;
}

/** All personal data of an order, in one place: encrypted at rest, never in events or logs. */
export interface OrderParties {
  readonly buyer?: {
    readonly name?: string;
    readonly email?: string;
    readonly phone?: string;
    readonly company?: string;
    readonly taxId?: string;
    /** What else the tax registration says, with the channel's own keys: `TAX_OFFICE: Beyoglu; PEC: …`. */
    readonly taxDetails?: string;
    readonly channelCustomerId?: string;
  };
  readonly shipTo?: Address;
  /** The channel's own, where a person corrected it: tells whether the channel changed it since. */
  readonly shipToAsTold?: Address;
  readonly billTo?: Address;
  /** Gift messages by line reference; the key '' is for the whole order. */
  readonly giftMessages?: Readonly<Record<string, string>>;
  readonly note?: string;
}

export interface ChannelOrderLine {
  /** The channel's own id of the line, unique in the order. */
  readonly lineReference: string;
  /** The channel's key of what was sold; empty when the channel gave none. */
  readonly listingSku: string;
  readonly title: string;
  readonly gtin?: string;
  /** Units ordered, before any cancellation. */
  readonly quantity: number;
  /** Units that the channel says are already fulfilled (by whomever). */
  readonly fulfilledQuantity: number;
  /** Units that the channel says are cancelled or removed. */
  readonly cancelledQuantity: number;
  readonly requiresShipping: boolean;
  readonly unitPrice: Money;
  readonly charges: readonly Charge[];
  readonly gift?: { readonly wrap?: string; readonly hasMessage: boolean };
}

/** An order as a channel told it, in the hub's words. What a channel's mapper produces; never changed after. */
export interface ChannelOrder {
  /** Id of the channel account. */
  readonly channel: string;
  /** The channel's order id, unique in the account. */
  readonly reference: string;
  /** What the buyer sees ("#1001"), when it differs from the reference. */
  readonly displayReference?: string;
  /** Grows with each change of the order at the channel. An older version never overwrites a newer one. */
  readonly version: Instant;
  readonly placedAt: Instant;
  readonly currency: string;
  readonly cancelled: boolean;
  readonly cancelReason?: string;
  /** The channel's word for the service level, for the ship method mapping. */
  readonly shipMethod?: string;
  readonly shipBy?: Instant;
  readonly deliverBy?: Instant;
  readonly lines: readonly ChannelOrderLine[];
  /** Order-level charges that belong to no line. */
  readonly charges: readonly Charge[];
  readonly grandTotal?: Money;
  readonly parties: OrderParties;
  /** What the channel says must be settled before the goods leave: an open payment, a fraud check. */
  readonly holds?: readonly { readonly kind: HoldKind; readonly reason: string }[];
  /** The caller's key of the soft reservation that this order makes firm. */
  readonly reservation?: string;
  /** Click-and-collect: the node where the buyer fetches it. */
  readonly collectAt?: string;
  /** Further facts worth keeping, not personal: marketplace id, tags, programs. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Something that a channel told about an order. The unit of what intake hands to the orders process. */
export type ChannelFact =
  | { readonly kind: 'ORDER'; readonly order: ChannelOrder }
  | {
      readonly kind: 'CANCELLATION_REQUESTED';
      readonly reference: string;
      /** The channel's id of this request; the same id twice is the same request. */
      readonly requestId: string;
      readonly reason: string;
      /** The lines to cancel; absent means the whole order. */
      readonly lines?: readonly { readonly lineReference: string; readonly quantity: number }[];
    }
  | {
      readonly kind: 'REFUND_ISSUED';
      readonly reference: string;
      readonly refundId: string;
      readonly issuedAt: Instant;
      readonly amount: Money;
      readonly lines: readonly {
        readonly lineReference: string;
        readonly quantity: number;
        readonly restock: boolean;
      }[];
    }
  | {
      /** The buyer wants to send goods back, or the channel says so. */
      readonly kind: 'RETURN_ANNOUNCED';
      readonly reference: string;
      readonly returnId: string;
      /** Absent where the channel says none: when it was told. */
      readonly announcedAt?: Instant;
      /** Empty where the channel does not say which. */
      readonly lines: readonly { readonly lineReference: string; readonly quantity: number }[];
    }
  | {
      /** The channel tells of a fulfillment on its side: our own echo, or one made there by hand. */
      readonly kind: 'FULFILLMENT_OBSERVED';
      readonly reference: string;
      readonly fulfillmentId: string;
      readonly observedAt: Instant;
      /** When it was made there, where the channel says so. */
      readonly createdAt?: Instant;
      readonly status: string;
      readonly trackingNumbers: readonly string[];
      readonly lines: readonly { readonly lineReference: string; readonly quantity: number }[];
    };

/** How a channel's interpreter reads one message. Refused and ignored messages are kept with their reason. */
export type Interpretation =
  | { readonly outcome: 'FACTS'; readonly facts: readonly ChannelFact[] }
  /** Understood, and nothing for the hub to do. */
  | { readonly outcome: 'IGNORED'; readonly reason: IgnoredReason; readonly detail: string }
  /** Cannot be taken; the sender or an engineer must act. */
  | { readonly outcome: 'REFUSED'; readonly reason: RefusedReason; readonly detail: string; readonly pointer?: string };

export type IgnoredReason =
  /** The channel has not released the order yet (payment pending); it will be told again. */
  | 'NOT_RELEASED_BY_CHANNEL'
  /** The channel ships it from its own warehouse. */
  | 'FULFILLED_BY_CHANNEL'
  /** A message of a kind that the hub has no use for. */
  | 'NOT_RELEVANT'
  /** A hint only: what it hints at is read from the channel. */
  | 'HINT_ONLY';

export type RefusedReason =
  | 'BODY_NOT_READABLE'
  | 'CONTRACT_MISMATCH'
  | 'AMOUNT_NOT_REPRESENTABLE'
  | 'TIME_NOT_READABLE'
  | 'NO_LINES'
  | 'TOO_MANY_LINES'
  | 'UNKNOWN_TOPIC';
