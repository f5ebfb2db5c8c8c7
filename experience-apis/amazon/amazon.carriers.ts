/** Amazon's carrier codes for the carriers that warehouses commonly name, by lower-case name without spaces. */
const CODES: Readonly<Record<string, string>> = {
  ups: 'UPS',
  usps: 'USPS',
  fedex: 'FedEx',
  dhl: 'DHL',
  dhlexpress: 'DHL Express',
  dpd: 'DPD',
  gls: 'GLS',
  hermes: 'Hermes',
  evri: 'Evri',
  royalmail: 'Royal Mail',
  ontrac: 'OnTrac',
  lasership: 'LaserShip',
  canadapost: 'Canada Post',
  purolator: 'Purolator',
  tnt: 'TNT',
  colissimo: 'Colissimo',
  chronopost: 'Chronopost',
  correos: 'Correos',
  seur: 'SEUR',
  postnord: 'PostNord',
  yamato: 'YAMATO',
  sagawa: 'SAGAWA',
};

export interface CarrierOnWire {
  readonly carrierCode: string;
  readonly carrierName: string;
}

/** Amazon's code for the hub's carrier; `Other` with the name where Amazon has none. `overrides` are the account's. */
export function amazonCarrier(carrier: string, overrides: Readonly<Record<string, string>>): CarrierOnWire {
  const code = overrides[carrier] ?? CODES[carrier.toLowerCase().replace(/[^a-z]/g, '')] ?? 'Other';
  return { carrierCode: code, carrierName: carrier };
}
