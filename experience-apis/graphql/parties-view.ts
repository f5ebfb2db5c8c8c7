import type { Address, OrderParties } from '../../src/model/channel-order.js';
import { maskEmail, maskName, maskPhone } from '../../src/platform/crypto/masking.js';

type Buyer = NonNullable<OrderParties['buyer']>;

export interface GiftMessageView {
  /** Null for the whole order. */
  readonly lineReference: string | null;
  readonly message: string;
}

/** The schema's `OrderParties`. */
export interface PartiesView {
  readonly masked: boolean;
  readonly buyer?: Buyer;
  readonly shipTo?: Address;
  readonly billTo?: Address;
  readonly giftMessages: readonly GiftMessageView[];
  readonly note?: string;
}

const HIDDEN = '***';
const hide = (): string => HIDDEN;

/** How each value is masked. The country stays: taxes and carriers follow from it, and it names nobody. */
const BUYER_MASKS: Readonly<Record<keyof Buyer, (value: string) => string>> = {
  name: maskName,
  email: maskEmail,
  phone: maskPhone,
  company: hide,
  taxId: hide,
  taxDetails: hide,
  channelCustomerId: hide,
};

const ADDRESS_MASKS: Readonly<Record<keyof Address, (value: string) => string>> = {
  name: maskName,
  company: hide,
  line1: hide,
  line2: hide,
  line3: hide,
  city: hide,
  region: hide,
  postalCode: hide,
  country: (country) => country,
  phone: maskPhone,
};

/** The parties in the clear, for callers who may see them. */
export function clearParties({ giftMessages = {}, ...parties }: OrderParties): PartiesView {
  return { ...parties, masked: false, giftMessages: listOf(giftMessages) };
}

/** The parties as everyone else sees them: that something is there, not what. */
export function maskedParties({ buyer, shipTo, billTo, giftMessages = {}, note }: OrderParties): PartiesView {
  return {
    masked: true,
    ...(buyer === undefined ? {} : { buyer: masked(buyer, BUYER_MASKS) }),
    ...(shipTo === undefined ? {} : { shipTo: masked(shipTo, ADDRESS_MASKS) }),
    ...(billTo === undefined ? {} : { billTo: masked(billTo, ADDRESS_MASKS) }),
    giftMessages: listOf(giftMessages).map((gift) => ({ ...gift, message: HIDDEN })),
    ...(note === undefined ? {} : { note: HIDDEN }),
  };
}

/** A member without a mask is left out: what is added to the model stays hidden until someone decides. */
function masked<T extends object>(values: T, masks: Readonly<Record<keyof T, (value: string) => string>>): T {
  const known: Readonly<Record<string, ((value: string) => string) | undefined>> = masks;
  const entries = Object.entries(values).flatMap(([name, value]) => {
    const mask = known[name];
    return mask === undefined || typeof value !== 'string' ? [] : [[name, mask(value)]];
  });
  // The same members, each a text as before.
  return Object.fromEntries(entries) as T;
}

function listOf(messages: Readonly<Record<string, string>>): readonly GiftMessageView[] {
  return Object.entries(messages).map(([line, message]) => ({ lineReference: line === '' ? null : line, message }));
}
