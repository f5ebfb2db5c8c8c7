import { z } from 'zod';

const units = z.int().min(0).max(1_000_000);
const hours = z
  .int()
  .min(1)
  .max(24 * 30);

/** The section `drift` of the systems file. */
export const driftPolicySchema = z.strictObject({
  /** A warehouse's difference up to so many base units is healed by taking its snapshot as a count; above, a person decides. */
  healUnitsMax: units.default(20),
  /** A difference of the ERP's books up to so many base units is only recorded. */
  erpToleratedUnits: units.default(0),
  /** The ERP's books may be so many hours behind what came or went at a node. */
  erpLagHours: hours.default(24),
  /** How often each node is compared with its warehouse. */
  wmsEveryHours: hours.default(6),
  erpEveryHours: hours.default(24),
  channelEveryHours: hours.default(6),
});

/** When the hub compares, and what it heals by itself. */
export type DriftPolicy = z.output<typeof driftPolicySchema>;

export const DEFAULT_DRIFT_POLICY: DriftPolicy = driftPolicySchema.parse({});
