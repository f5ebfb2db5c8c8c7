/** Why an order may be stopped. */
export const HOLD_KINDS = [
  'MANUAL',
  'FRAUD',
  'CREDIT',
  'HIGH_VALUE',
  'PAYMENT',
  'PRICE',
  'ADDRESS',
  'SHIP_METHOD',
] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];
