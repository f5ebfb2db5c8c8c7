import { z } from 'zod';
import { Lot, Node, Serials, Sku, text, Unit, WireDate, WireInstant, WireUnits } from './wms-rest-text.wire.js';

/** Stock as schema/openapi/wms.yaml says. A spec compares the two, so neither can drift. Unknown extra fields are dropped. */

export const POSITIONS_MAX = 500;
export const LOTS_MAX = 200;
const ON_HAND_MAX = 1_000_000_000;

const OnHand = z.int().min(0).max(ON_HAND_MAX);
const Sequence = z.int().min(1);
const ReasonCode = text(100);
const Document = text(100);
const stock = {
  id: text(128),
  occurredAt: WireInstant,
  sku: Sku,
  node: Node,
  unit: Unit.optional(),
  reason: ReasonCode.optional(),
  sequence: Sequence.optional(),
};
const lot = { lot: Lot.optional(), expiresOn: WireDate.optional(), serials: Serials.optional() };
const goods = { ...stock, quantity: WireUnits, ...lot };

/** A serial number is one unit; of cases we do not know how many units they hold. */
function serialsFit(event: {
  readonly quantity: number;
  readonly unit?: string | undefined;
  readonly serials?: readonly string[] | undefined;
}): boolean {
  return event.unit !== undefined || (event.serials?.length ?? 0) <= Math.abs(event.quantity);
}
const tooManySerials = { path: ['serials'], error: 'Must not be more than the quantity' };

export const WIRE_STOCK_EVENTS = [
  z
    .object({ type: z.literal('stock.received'), ...goods, document: Document.optional() })
    .refine(serialsFit, tooManySerials),
  z
    .object({ type: z.literal('stock.counted'), ...stock, quantity: OnHand, ...lot, document: Document.optional() })
    .refine(serialsFit, tooManySerials),
  z
    .object({
      type: z.literal('stock.adjusted'),
      ...stock,
      quantity: z
        .int()
        .min(-1_000_000)
        .max(1_000_000)
        .refine((units) => units !== 0, 'Must not be 0'),
      ...lot,
      document: Document.optional(),
    })
    .refine(serialsFit, tooManySerials),
  z
    .object({ type: z.literal('stock.held'), ...goods, document: Document.optional() })
    .refine(serialsFit, tooManySerials),
  z
    .object({ type: z.literal('stock.hold_lifted'), ...goods, document: Document.optional() })
    .refine(serialsFit, tooManySerials),
  z
    .object({
      type: z.literal('transfer.shipped'),
      ...goods,
      document: Document,
      otherNode: Node,
      expectedAt: WireInstant.optional(),
    })
    .refine(serialsFit, tooManySerials)
    .refine(({ node, otherNode }) => node !== otherNode, {
      path: ['otherNode'],
      error: 'Must not be the node that the units left',
    }),
  z
    .object({ type: z.literal('transfer.received'), ...goods, document: Document, otherNode: Node.optional() })
    .refine(serialsFit, tooManySerials),
  z.object({
    type: z.literal('stock.announced'),
    ...stock,
    quantity: WireUnits,
    document: Document,
    supply: z.enum(['ASN', 'PURCHASE_ORDER', 'TRANSFER']).optional(),
    otherNode: Node.optional(),
    expectedAt: WireInstant,
  }),
  z.object({ type: z.literal('stock.announcement_cancelled'), ...stock, quantity: WireUnits, document: Document }),
] as const;

const WireStockPosition = z
  .object({
    sku: Sku,
    onHand: OnHand,
    qualityHold: OnHand,
    unit: Unit.optional(),
    lots: z
      .array(z.object({ lot: Lot, expiresOn: WireDate.optional(), onHand: OnHand }))
      .max(LOTS_MAX)
      .optional(),
  })
  .refine(({ onHand, qualityHold }) => qualityHold <= onHand, {
    path: ['qualityHold'],
    error: 'Must not be more than onHand',
  });

export const WireStockPage = z.object({
  node: Node,
  asOf: WireInstant,
  sequence: z.int().min(0).optional(),
  positions: z
    .array(WireStockPosition)
    .max(POSITIONS_MAX)
    .refine(
      (positions) => new Set(positions.map(({ sku }) => sku)).size === positions.length,
      'Must not hold an item twice',
    ),
  next: text(200).optional(),
});

export type WireStockEvent = z.infer<(typeof WIRE_STOCK_EVENTS)[number]>;
export type WireStockPage = z.infer<typeof WireStockPage>;
export type WireStockPosition = z.infer<typeof WireStockPosition>;
