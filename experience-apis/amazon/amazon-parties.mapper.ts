import type { Address, OrderParties } from '../../src/model/channel-order.js';
import { registrationAttributes } from './amazon-attributes.mapper.js';
import { compact, filled } from './amazon.reading.js';
import type { CustomerAddress2026, Order2026 } from './amazon.wire.js';

/** All personal data of the order: buyer, addresses, the buyer's tax registration, gift messages, delivery notes. */
export function orderParties(order: Order2026): OrderParties {
  const delivery = order.recipient?.deliveryPreference;
  const note = [filled(delivery?.dropOffLocation), filled(delivery?.addressInstruction)].filter(Boolean).join('; ');
  const billTo = buyerRegistration(order)?.taxRegistrationAddress;
  return compact({
    buyer: buyer(order),
    shipTo: order.recipient?.deliveryAddress ? address(order.recipient.deliveryAddress) : undefined,
    billTo: billTo ? address(billTo) : undefined,
    giftMessages: giftMessages(order),
    note: note === '' ? undefined : note,
  });
}

function buyer(order: Order2026): OrderParties['buyer'] {
  const registration = buyerRegistration(order);
  const fields = compact({
    name: filled(order.buyer?.buyerName),
    email: filled(order.buyer?.buyerEmail),
    company: filled(order.buyer?.buyerCompanyName) ?? filled(registration?.legalName),
    taxId: filled(registration?.taxRegistrationNumber),
    taxDetails: filled(
      registration &&
        registrationAttributes(registration)
          .map(([key, value]) => `${key}: ${value}`)
          .join('; '),
    ),
  });
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function buyerRegistration(order: Order2026) {
  return order.tax?.taxRegistrations?.find(({ entityType }) => entityType === 'BUYER');
}

function address(wire: CustomerAddress2026): Address {
  return compact({
    name: filled(wire.name),
    company: filled(wire.companyName),
    line1: filled(wire.addressLine1),
    line2: filled(wire.addressLine2),
    line3: lastLine(wire),
    city: filled(wire.city),
    region: filled(wire.stateOrRegion),
    postalCode: filled(wire.postalCode),
    country: filled(wire.countryCode),
    phone: filled(wire.phone),
  });
}

/** Districts and neighbourhoods have no field of their own; carriers in Brazil and Turkey need them on the label. */
function lastLine(wire: CustomerAddress2026): string | undefined {
  const taken = new Set([wire.addressLine1, wire.addressLine2, wire.city, wire.stateOrRegion]);
  const parts = [wire.addressLine3, wire.extendedFields?.neighborhood, wire.districtOrCounty, wire.municipality];
  const line = [...new Set(parts)].filter((part) => filled(part) !== undefined && !taken.has(part)).join(', ');
  return filled(line);
}

function giftMessages(order: Order2026): OrderParties['giftMessages'] {
  const messages = order.orderItems.flatMap(({ orderItemId, fulfillment }) => {
    const message = filled(fulfillment?.packing?.giftOption?.giftMessage);
    return message === undefined ? [] : [[orderItemId, message] as const];
  });
  return messages.length === 0 ? undefined : Object.fromEntries(messages);
}
