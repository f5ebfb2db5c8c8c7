import type { Entity } from './entity-check.js';
import { collectionBody, type OutgoingEntity } from './odata-answer.js';
import { matches, parseFilter } from './odata-filter.js';
import type { ODataAddress } from './odata-request.js';
import type { SandboxAnswer, SandboxService, WriteRequest } from './sandbox-service.js';
import type { SandboxState } from './sandbox-state.js';
import { notFound, SapFault } from './sap-fault.js';
import type { SandboxStock } from './sap-sandbox.types.js';
import type { ServiceModel } from './service-model.js';

export interface MaterialStockRules {
  readonly materials: ReadonlySet<string>;
  readonly baseUnit: string;
}

/** The collections of API_MATERIAL_STOCK_SRV: which materials there are, and what is where. Nothing in it can be written. */
export class MaterialStockService implements SandboxService {
  constructor(
    private readonly model: ServiceModel,
    private readonly state: SandboxState,
    private readonly rules: MaterialStockRules,
    private readonly baseUrl: () => string,
  ) {}

  read(address: ODataAddress): SandboxAnswer {
    const entities = this.entities(address);
    const expression = address.options.get('$filter');
    const filter = expression === undefined ? undefined : parseFilter(expression);
    const found = entities.filter(({ properties }) => filter === undefined || matches(filter, properties));
    return { status: 200, body: collectionBody(this.model, this.baseUrl(), found, address) };
  }

  post(request: WriteRequest): SandboxAnswer {
    return this.patch(request);
  }

  patch({ address }: WriteRequest): SandboxAnswer {
    throw new SapFault(405, '/IWFND/CM_MGW/046', `'${address.resource}' cannot be changed`);
  }

  private entities({ resource, key }: ODataAddress): readonly OutgoingEntity[] {
    if (key !== undefined) throw notFound(`a key of '${resource}': the sandbox gives collections alone`);
    if (resource === 'A_MaterialStock') return [...this.rules.materials].map((material) => this.material(material));
    if (resource === 'A_MatlStkInAcctMod') return this.state.stock.all().map((stock) => this.record(stock));
    throw notFound(`the segment '${resource}'`);
  }

  private material(material: string): OutgoingEntity {
    return {
      type: 'A_MaterialStockType',
      path: `A_MaterialStock('${material}')`,
      properties: { Material: material, MaterialBaseUnit: this.rules.baseUnit },
    };
  }

  private record(stock: Required<SandboxStock>): OutgoingEntity {
    const key: Entity = {
      Material: stock.material,
      Plant: stock.plant,
      StorageLocation: stock.storageLocation,
      Batch: stock.batch,
      Supplier: '',
      Customer: '',
      WBSElementInternalID: '0'.repeat(24),
      SDDocument: '',
      SDDocumentItem: '0',
      InventorySpecialStockType: stock.specialStockType,
      InventoryStockType: stock.stockType,
    };
    const predicate = Object.entries(key).map(([name, value]) => `${name}='${String(value)}'`);
    return {
      type: 'A_MatlStkInAcctModType',
      path: `A_MatlStkInAcctMod(${predicate.join(',')})`,
      properties: {
        ...key,
        MaterialBaseUnit: this.rules.baseUnit,
        // SAP writes no more decimals than the quantity has: "100", "2.5".
        MatlWrhsStkQtyInMatlBaseUnit: String(stock.quantity),
      },
    };
  }
}
