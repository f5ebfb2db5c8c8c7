import type { SapSandbox, SandboxStock } from '../../system-apis/erp/sap-s4hana/sandbox/sap-sandbox.types.js';
import type { WmsSandbox } from '../../system-apis/wms/rest/sandbox/wms-sandbox.js';
import { OPENING_PLACES } from './retail.js';

export interface StockAt {
  readonly sku: string;
  readonly node: string;
  /** Units. */
  readonly quantity: number;
}

interface SapPlace {
  readonly plant: string;
  readonly storageLocation: string;
}

/** The ERP's own names of the nodes. */
export const SAP_PLACES: Readonly<Record<string, SapPlace>> = {
  'dc-north': { plant: '1010', storageLocation: '101A' },
  'dc-south': { plant: '1010', storageLocation: '101B' },
};

/** What is there at the beginning, as the warehouse counts it. */
export function openingStock(units = 0): readonly StockAt[] {
  return units === 0 ? [] : OPENING_PLACES.map((place) => ({ ...place, quantity: units }));
}

export function toSapStock({ sku, node, quantity }: StockAt): SandboxStock {
  const place = SAP_PLACES[node];
  if (place === undefined) throw new Error(`the ERP of the demo has no place for ${node}`);
  return { material: sku, ...place, quantity };
}

/** Goods come in: the warehouse tells the hub, and the ERP has them in its books. */
export function receiveStock(wms: WmsSandbox, sap: SapSandbox, stock: StockAt): void {
  wms.receiveStock(stock);
  const { quantity, ...place } = toSapStock(stock);
  const booked = sap
    .stock()
    .find(
      (one) =>
        one.material === place.material &&
        one.plant === place.plant &&
        one.storageLocation === place.storageLocation &&
        one.stockType === '01',
    );
  sap.setStock({ ...place, quantity: (booked?.quantity ?? 0) + quantity });
}
