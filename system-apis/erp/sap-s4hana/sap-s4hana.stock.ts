import { OutsideError } from '../../../src/platform/outside/outside-error.js';
import { ERP_STOCK_READ_MAX, type ErpStock, type ErpStockQuery } from '../erp.port.js';
import { anyOf, literal } from './odata.js';
import type { SapS4HanaClient } from './sap-s4hana.client.js';
import { SAP_SYSTEM } from './sap-s4hana.errors.js';
import type { SapS4HanaSettings } from './sap-s4hana.settings.js';
import { placeOfStock, stockAnswers, STOCK_READ } from './sap-s4hana.stock.mapper.js';
import {
  collectionEnvelope,
  countedEnvelope,
  MATERIAL_STOCK_SERVICE as service,
  materialSchema,
  stockRecordSchema,
  type SapMaterial,
  type SapStockRecord,
} from './sap-s4hana.wire.js';

/** SAP's own field is no longer, so a longer SKU is no material. */
const MATERIAL_LENGTH_MAX = 40;
const RECORDS_PER_PAGE = 1_000;
const PAGES_MAX = 20;
const OUR_OWN_STOCK = '';

/** The stock of API_MATERIAL_STOCK_SRV. */
export class SapStock {
  constructor(
    private readonly client: SapS4HanaClient,
    private readonly settings: SapS4HanaSettings,
  ) {}

  async read(items: readonly ErpStockQuery[]): Promise<readonly ErpStock[]> {
    if (items.length > ERP_STOCK_READ_MAX)
      throw new RangeError(`the stock of ${items.length} items at once, ${ERP_STOCK_READ_MAX} is the most`);
    const nodes = new Set(items.flatMap((item) => item.nodes));
    const plants = new Set([...nodes].map((node) => placeOfStock(node, this.settings).plant));
    const materials = [...new Set(items.map(({ sku }) => sku))].filter((sku) => sku.length <= MATERIAL_LENGTH_MAX);
    if (materials.length === 0 || plants.size === 0) return [];
    // Taken before reading: SAP does not say of when its figures are, and they are not older than this.
    const asOf = new Date().toISOString();
    const [known, records] = await Promise.all([
      this.readMaterials(materials),
      this.readRecords(
        `(${anyOf('Material', materials)}) and (${anyOf('Plant', [...plants])}) and InventorySpecialStockType eq ${literal(OUR_OWN_STOCK)}`,
      ),
    ]);
    return stockAnswers(items, known, records, this.settings, asOf);
  }

  private readMaterials(materials: readonly string[]): Promise<readonly SapMaterial[]> {
    return this.client.read(
      { service, path: 'A_MaterialStock', operation: 'A_MaterialStock.read' },
      {
        $filter: anyOf('Material', materials),
        $select: Object.keys(materialSchema.shape).join(','),
        $top: String(materials.length),
      },
      collectionEnvelope(materialSchema),
    );
  }

  private async readRecords(filter: string): Promise<readonly SapStockRecord[]> {
    const records: SapStockRecord[] = [];
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const { count, results } = await this.client.read(
        { service, path: 'A_MatlStkInAcctMod', operation: STOCK_READ },
        {
          $filter: filter,
          $select: Object.keys(stockRecordSchema.shape).join(','),
          // All keys of what the filter leaves, so that no record falls between two pages.
          $orderby: 'Material,Plant,StorageLocation,Batch,InventoryStockType',
          $inlinecount: 'allpages',
          $skip: String(records.length),
          $top: String(RECORDS_PER_PAGE),
        },
        countedEnvelope(stockRecordSchema),
      );
      records.push(...results);
      if (records.length >= count) return records;
      if (results.length === 0) break;
    }
    throw new OutsideError(
      'contract',
      `${SAP_SYSTEM} gave ${records.length} stock records and has more, ${PAGES_MAX * RECORDS_PER_PAGE} are the most`,
      { system: SAP_SYSTEM, operation: STOCK_READ },
    );
  }
}
