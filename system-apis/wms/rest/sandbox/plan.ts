import type { LotUnits } from '../wms-rest-text.wire.js';
import { chance } from './chance.js';

/** What the warehouse keeps of a line that is to be shipped. */
export interface KeptLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** What one unit consists of; absent: one base unit of `sku`. */
  readonly components?: readonly Component[];
  readonly lots?: readonly LotUnits[];
}

export interface Component {
  readonly sku: string;
  readonly quantity: number;
}

/** Never empty. */
export function componentsOf(line: KeptLine): readonly Component[] {
  return line.components ?? [{ sku: line.sku, quantity: 1 }];
}

export interface Units {
  readonly lineId: string;
  readonly quantity: number;
}

/** How a release will be worked. Decided once, when it is accepted. */
export interface Plan {
  /** Units that will not be found. */
  readonly short: readonly Units[];
  /** By shipment, by package: what is in it. Empty when nothing is found. */
  readonly shipments: readonly (readonly (readonly Units[])[])[];
}

/** Shares of the releases, from 0 to 1. */
export interface Variation {
  /** Ships in two parts, one after the other. Needs two units. */
  readonly partialShipments: number;
  /** Ships at once in two or three packages. Needs two units. */
  readonly severalPackages: number;
  /** One unit of one line is not found. */
  readonly shortPicks: number;
  /** Is not taken. */
  readonly rejections: number;
}

export const DEMO_VARIATION: Variation = {
  partialShipments: 0.15,
  severalPackages: 0.25,
  shortPicks: 0,
  rejections: 0,
};

/** Depends on the fulfillment order's id and the shares alone. */
export function planOf(id: string, lines: readonly KeptLine[], variation: Variation): Plan {
  const short = chance(`${id}:short`) < variation.shortPicks ? shortOf(id, lines) : [];
  const found = lines.map(({ lineId, quantity }) => ({ lineId, quantity: quantity - unitsOf(short, lineId) }));
  const units = total(found);
  if (units === 0) return { short, shipments: [] };
  const draw = chance(`${id}:parts`);
  if (units > 1 && draw < variation.partialShipments)
    return { short, shipments: divide(found, 2).map((part) => [part]) };
  if (units > 1 && draw < variation.partialShipments + variation.severalPackages) {
    const packages = Math.min(units, chance(`${id}:packages`) < 0.7 ? 2 : 3);
    return { short, shipments: [divide(found, packages)] };
  }
  return { short, shipments: [divide(found, 1)] };
}

export function total(units: readonly Units[]): number {
  return units.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Units of a line in a list where each line stands at most once. */
export function unitsOf(units: readonly Units[], lineId: string): number {
  return units.find((entry) => entry.lineId === lineId)?.quantity ?? 0;
}

function shortOf(id: string, lines: readonly KeptLine[]): readonly Units[] {
  const line = lines[Math.floor(chance(`${id}:short-line`) * lines.length)];
  return line === undefined ? [] : [{ lineId: line.lineId, quantity: 1 }];
}

/** Cuts the units into parts of about the same size, in the order of the lines; a line may lie in several parts. */
function divide(units: readonly Units[], parts: number): readonly (readonly Units[])[] {
  const sum = total(units);
  const result: Units[][] = [];
  const rest = units.map((entry) => ({ ...entry }));
  for (let part = 0; part < parts; part++) {
    let room = Math.floor(((part + 1) * sum) / parts) - Math.floor((part * sum) / parts);
    const content: Units[] = [];
    for (const entry of rest) {
      const quantity = Math.min(room, entry.quantity);
      if (quantity === 0) continue;
      entry.quantity -= quantity;
      room -= quantity;
      content.push({ lineId: entry.lineId, quantity });
    }
    result.push(content);
  }
  return result;
}
