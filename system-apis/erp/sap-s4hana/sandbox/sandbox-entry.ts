import { z } from 'zod';

const entity = z.record(z.string(), z.unknown());
const at = z.string();

/** One state change, as it stands in the journal. */
export const sandboxEntrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('SALES_ORDER_CREATED'),
    at,
    salesOrder: z.string(),
    header: entity,
    items: z.array(entity),
    decidesAt: z.number(),
    /** The reason for rejection, or empty. */
    rejection: z.string(),
  }),
  z.object({
    kind: z.literal('SALES_ORDER_ITEM_CHANGED'),
    at,
    salesOrder: z.string(),
    item: z.string(),
    change: entity,
  }),
  z.object({
    kind: z.literal('DELIVERY_CREATED'),
    at,
    delivery: z.string(),
    header: entity,
    items: z.array(
      z.object({
        item: z.string(),
        salesOrder: z.string(),
        salesOrderItem: z.string(),
        material: z.string(),
        plant: z.string(),
        storageLocation: z.string(),
        unit: z.string(),
        quantity: z.number(),
      }),
    ),
  }),
  z.object({
    kind: z.literal('STOCK_SET'),
    at,
    material: z.string(),
    plant: z.string(),
    storageLocation: z.string(),
    batch: z.string(),
    stockType: z.string(),
    specialStockType: z.string(),
    quantity: z.number(),
  }),
  z.object({ kind: z.literal('SERIAL_ADDED'), at, delivery: z.string(), item: z.string(), serial: z.string() }),
  z.object({ kind: z.literal('SERIALS_DELETED'), at, delivery: z.string(), item: z.string() }),
  z.object({ kind: z.literal('PICKED'), at, delivery: z.string() }),
  z.object({ kind: z.literal('GOODS_ISSUED'), at, delivery: z.string(), billsAt: z.number() }),
]);

export type SandboxEntry = z.infer<typeof sandboxEntrySchema>;
export type EntryOf<Kind extends SandboxEntry['kind']> = Extract<SandboxEntry, { kind: Kind }>;
export type DeliveryItemEntry = EntryOf<'DELIVERY_CREATED'>['items'][number];
