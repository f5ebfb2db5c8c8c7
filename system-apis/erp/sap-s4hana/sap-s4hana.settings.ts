import { z } from 'zod';

export const SAP_SETTINGS = Symbol('SapS4HanaSettings');

const code = (lengthMax: number) => z.string().min(1).max(lengthMax);

/** How this installation's SAP is customised. Lengths are those of the EDMX. */
export const sapS4HanaSettingsSchema = z.strictObject({
  /** Scheme, host and port: `https://my300000-api.s4hana.cloud.sap`. */
  url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  /** The SAP client of an on-premise system with several; the system's default when absent. */
  client: z
    .string()
    .regex(/^\d{3}$/)
    .optional(),
  user: z.string().min(1),
  /** Name of the secret that holds the communication user's password. */
  passwordSecret: z.string().min(1),
  salesOrderType: code(4),
  salesOrganization: code(4),
  distributionChannel: code(2),
  division: code(2),
  /** The customer who is billed: usually one collective customer per channel account. */
  soldToParty: z.object({
    default: code(10),
    byChannel: z.record(z.string(), code(10)).default({}),
  }),
  /** Ship-to party by channel account, where it is not the sold-to party's own. */
  shipToPartyByChannel: z.record(z.string(), code(10)).default({}),
  /** Where each of the hub's nodes is in SAP. */
  nodes: z.record(z.string(), z.object({ plant: code(4), storageLocation: code(4).optional() })),
  /** Manual price condition of the pricing procedure. */
  priceConditionType: code(4),
  /** The unit that all quantities are in. */
  quantityUnit: code(3).default('PC'),
  /** Reason for rejection that means "cancelled by the hub". */
  cancellationReason: code(2),
  /** Sentences for SAP's reasons for rejection, by code. The API gives the code alone. */
  rejectionReasonTexts: z.record(z.string(), z.string()).default({}),
  /** What this installation's messages mean, by class and number: `{ "ZV/012": "CREDIT_HOLD" }`. */
  messageReasons: z.record(z.string().regex(/^[A-Z0-9_]+\/\d{3}$/), z.string().regex(/^[A-Z_]+$/)).default({}),
  /** Header text of a delivery that takes the shipment reference and all tracking numbers; none is written when absent. */
  deliveryTextId: code(4).optional(),
  /** Time to a whole answer, where another than the policies say. */
  timeoutMs: z.int().positive().max(120_000).exactOptional(),
});

export type SapS4HanaSettings = z.infer<typeof sapS4HanaSettingsSchema>;
/** Where a node is in SAP. */
export type SapPlace = SapS4HanaSettings['nodes'][string];
export type SapS4HanaSettingsInput = z.input<typeof sapS4HanaSettingsSchema>;
