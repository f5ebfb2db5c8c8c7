import { hash32 } from './chance.js';

/** The demonstration prefix of GS1's own examples. */
const GS1_COMPANY_PREFIX = '0614141';
const UPS_SHIPPER = '999AA1';

export interface Label {
  readonly carrier: string;
  readonly service: string;
  readonly trackingNumber: string;
  readonly trackingUrl: string;
  readonly sscc: string;
}

/** The shipping label of a package: always the same for the same package reference. */
export function labelOf(packageReference: string): Label {
  const number = hash32(packageReference);
  const sscc = ssccOf(number);
  if (number % 3 === 0) {
    const waybill = dhlWaybill(number);
    const trackingUrl = `https://www.dhl.com/global-en/home/tracking.html?tracking-id=${waybill}`;
    return { carrier: 'DHL', service: 'EXPRESS_WORLDWIDE', trackingNumber: waybill, trackingUrl, sscc };
  }
  const tracking = upsTracking(number);
  const trackingUrl = `https://www.ups.com/track?tracknum=${tracking}`;
  return { carrier: 'UPS', service: 'GROUND', trackingNumber: tracking, trackingUrl, sscc };
}

/** 1Z, the shipper's number, the service (03 is Ground), a package number, a check digit. */
export function upsTracking(number: number): string {
  const body = `${UPS_SHIPPER}03${digits(number, 7)}`;
  return `1Z${body}${upsCheckDigit(body)}`;
}

export function upsCheckDigit(body: string): number {
  let sum = 0;
  for (const [index, character] of body.split('').entries()) {
    const value = /\d/.test(character) ? Number(character) : (character.charCodeAt(0) - 63) % 10;
    sum += index % 2 === 1 ? value * 2 : value;
  }
  return (10 - (sum % 10)) % 10;
}

/** Nine digits and the rest of their division by seven. */
export function dhlWaybill(number: number): string {
  const body = digits(number, 9);
  return `${body}${Number(body) % 7}`;
}

/** Extension digit 1, company prefix, serial reference, check digit: 18 digits. */
export function ssccOf(number: number): string {
  const body = `1${GS1_COMPANY_PREFIX}${digits(number, 9)}`;
  return `${body}${gs1CheckDigit(body)}`;
}

/** Weights 3, 1, 3, 1 … from the right. */
export function gs1CheckDigit(body: string): number {
  let sum = 0;
  for (const [index, digit] of body.split('').toReversed().entries()) sum += Number(digit) * (index % 2 === 0 ? 3 : 1);
  return (10 - (sum % 10)) % 10;
}

function digits(number: number, count: number): string {
  return String(number % 10 ** count).padStart(count, '0');
}

/** Always the same for the same unit. At most 18 characters: ERPs take no more. */
export function serialOf(unit: string): string {
  return `SN-${shortHash(unit)}${shortHash(`${unit}!`)}`;
}

function shortHash(text: string): string {
  return hash32(text).toString(36).toUpperCase();
}
