import type { DriftSystem } from '../../generated/graphql.js';

export const DRIFT_SYSTEMS: readonly { readonly value: DriftSystem; readonly label: string }[] = [
  { value: 'WMS', label: 'Warehouse' },
  { value: 'ERP', label: 'ERP' },
  { value: 'CHANNEL', label: 'Channel' },
];

export function isDriftSystem(value: string): value is DriftSystem {
  return DRIFT_SYSTEMS.some((system) => system.value === value);
}
