import type { Address, OrderParties } from '../../src/model/channel-order.js';
import { defined, given } from './defined.js';
import { giftMessages, propertyText } from './shopify-gift.mapper.js';
import type { WireAddress, WireOrder } from './shopify.wire.js';

/** All personal data of the order. Free texts (note, attributes, line properties) may hold names too, so they stand here. */
export function mapParties(order: WireOrder): OrderParties {
  return defined({
    buyer: buyerOf(order),
    shipTo: mapAddress(order.shipping_address),
    billTo: mapAddress(order.billing_address),
    giftMessages: giftMessages(order),
    note: noteOf(order),
  });
}

function buyerOf(order: WireOrder): OrderParties['buyer'] {
  const buyer = defined({
    name: fullName(order.customer) ?? fullName(order.billing_address),
    email: given(order.email) ?? given(order.contact_email) ?? given(order.customer?.email),
    phone: given(order.phone) ?? given(order.customer?.phone),
    company: given(order.billing_address?.company),
    channelCustomerId: order.customer?.id ?? undefined,
  });
  return Object.keys(buyer).length === 0 ? undefined : buyer;
}

function mapAddress(address: WireAddress | null | undefined): Address | undefined {
  if (address === null || address === undefined) return undefined;
  return defined({
    name: given(address.name) ?? fullName(address),
    company: given(address.company),
    line1: given(address.address1),
    line2: given(address.address2),
    city: given(address.city),
    region: given(address.province_code) ?? given(address.province),
    postalCode: given(address.zip),
    country: given(address.country_code),
    phone: given(address.phone),
  });
}

function fullName(
  person:
    | { readonly first_name?: string | null | undefined; readonly last_name?: string | null | undefined }
    | null
    | undefined,
): string | undefined {
  return given([given(person?.first_name), given(person?.last_name)].filter((part) => part !== undefined).join(' '));
}

/** The buyer's note, then each attribute and line property on a line of its own. */
function noteOf(order: WireOrder): string | undefined {
  const attributes = (order.note_attributes ?? []).map((attribute) => `${attribute.name}: ${propertyText(attribute)}`);
  const properties = (order.line_items ?? []).flatMap((line) =>
    (line.properties ?? []).map((property) => `[line ${line.id}] ${property.name}: ${propertyText(property)}`),
  );
  return given([given(order.note), ...attributes, ...properties].filter((part) => part !== undefined).join('\n'));
}
