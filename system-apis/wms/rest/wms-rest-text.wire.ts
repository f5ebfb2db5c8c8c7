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
export const WireUnits = z.int().min(1).max(1_000_000);

export const FulfillmentOrderId = text(64);
export const LineId = text(64);
export const Sku = text(100);
export const Node = text(100);
export const Reason = text(500);
export const WmsReference = text(100);
