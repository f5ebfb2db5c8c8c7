import { z } from 'zod';

/**
 * Text that the hub stores and compares. No control characters and no lone surrogates: PostgreSQL can hold neither NUL
 * nor a lone surrogate, so such a text would fail only later, inside the commit.
 */
export const text = (charsMax: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(charsMax)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'Must not hold control characters');

export const WireInstant = z.iso.datetime({ offset: true, error: 'Must be an RFC 3339 time with an offset' });
export const WireDate = z.iso.date({ error: 'Must be a date such as 2027-03-31' });
export const WireUnits = z.int().min(1).max(1_000_000);

export const FulfillmentOrderId = text(64);
export const LineId = text(64);
export const Sku = text(100);
export const Node = text(100);
export const Reason = text(500);
export const WmsReference = text(100);
export const Lot = text(100);
export const Unit = text(20);
export const Serials = z.array(text(100)).max(1_000);

/** Base units of one item out of one lot. */
export const LotUnits = z.object({ sku: Sku, lot: Lot, quantity: WireUnits });
export type LotUnits = z.infer<typeof LotUnits>;
export const LOT_UNITS_MAX = 200;
