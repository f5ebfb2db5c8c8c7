import type { Instant } from '../../../src/model/time.js';
import { OutsideError } from '../../../src/platform/outside/outside-error.js';
import type { ErpStock, ErpStockQuery } from '../erp.port.js';
import { SAP_SYSTEM } from './sap-s4hana.errors.js';
import { placeOf } from './sap-s4hana.mapper.js';
import type { SapPlace, SapS4HanaSettings } from './sap-s4hana.settings.js';
import type { SapMaterial, SapStockRecord } from './sap-s4hana.wire.js';

export const STOCK_READ = 'A_MatlStkInAcctMod.read';

/**
 * Stock types that are physically at the place, and whether they may be sold: unrestricted, in quality inspection, blocked returns,
 * blocked, restricted-use. What is in transfer or in transit (04, 05, 06) is not there.
 */
const HELD_BY_TYPE: ReadonlyMap<string, boolean> = new Map([
  ['01', false],
  ['02', true],
  ['03', true],
  ['07', true],
  ['08', true],
]);

export function placeOfStock(node: string, settings: SapS4HanaSettings): SapPlace {
  return placeOf(node, settings, STOCK_READ);
}

/** One answer for each node of each item that SAP knows, batches summed up. Throws when a quantity is not whole. */
export function stockAnswers(
  items: readonly ErpStockQuery[],
  known: readonly SapMaterial[],
  records: readonly SapStockRecord[],
  settings: SapS4HanaSettings,
  asOf: Instant,
): readonly ErpStock[] {
  const unitOf = new Map(known.map((material) => [keyOf(material.Material), material.MaterialBaseUnit]));
  const recordsOf = Map.groupBy(records, (record) => keyOf(record.Material));
  return items.flatMap(({ sku, nodes }) => {
    const unit = unitOf.get(keyOf(sku));
    if (unit === undefined) return [];
    return [...new Set(nodes)].map((node) => {
      const isThere = placeFilter(node, settings);
      return { sku, node, ...sums((recordsOf.get(keyOf(sku)) ?? []).filter(isThere)), unit, asOf };
    });
  });
}

/** A node without a storage location is the plant, without the storage locations that are other nodes. */
function placeFilter(node: string, settings: SapS4HanaSettings): (record: SapStockRecord) => boolean {
  const { plant, storageLocation } = placeOfStock(node, settings);
  if (storageLocation !== undefined)
    return (record) => record.Plant === plant && record.StorageLocation === storageLocation;
  const others = new Set(
    Object.values(settings.nodes).flatMap((place) => (place.plant === plant ? (place.storageLocation ?? []) : [])),
  );
  return (record) => record.Plant === plant && !others.has(record.StorageLocation);
}

function sums(records: readonly SapStockRecord[]): Pick<ErpStock, 'onHand' | 'qualityHold'> {
  let onHand = 0;
  let qualityHold = 0;
  for (const record of records) {
    const isHeld = HELD_BY_TYPE.get(record.InventoryStockType);
    if (isHeld === undefined) continue;
    const units = wholeUnits(record);
    onHand += units;
    if (isHeld) qualityHold += units;
  }
  return { onHand, qualityHold };
}

/** "12.00000000000000" is 12. */
function wholeUnits({ Material, Plant, MatlWrhsStkQtyInMatlBaseUnit: decimal }: SapStockRecord): number {
  const match = /^(-?\d+)(?:\.0*)?$/.exec(decimal.trim());
  const units = Number(match?.[1]);
  // -0 would not equal 0.
  if (match !== null && Number.isSafeInteger(units)) return units + 0;
  throw new OutsideError(
    'contract',
    `${SAP_SYSTEM} has a stock of ${Material} in plant ${Plant} that is not a whole number of base units`,
    { system: SAP_SYSTEM, operation: STOCK_READ },
  );
}

/** SAP writes materials in upper case, whatever it was asked for. */
function keyOf(material: string): string {
  return material.toUpperCase();
}
