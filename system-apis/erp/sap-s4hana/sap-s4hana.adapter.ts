import { Inject, Injectable } from '@nestjs/common';
import type {
  BillingState,
  CancelSalesOrderItems,
  ErpPort,
  ErpStock,
  ErpStockQuery,
  PostedSalesOrder,
  PostGoodsIssue,
  PostSalesOrder,
  SalesOrderDecision,
} from '../erp.port.js';
import { SapS4HanaClient } from './sap-s4hana.client.js';
import { SapDeliveries } from './sap-s4hana.deliveries.js';
import { SAP_SYSTEM } from './sap-s4hana.errors.js';
import { SapSalesOrders } from './sap-s4hana.sales-orders.js';
import { SapStock } from './sap-s4hana.stock.js';
import { SAP_SETTINGS, type SapS4HanaSettings } from './sap-s4hana.settings.js';

/** SAP S/4HANA as the hub's ERP. */
@Injectable()
export class SapS4HanaAdapter implements ErpPort {
  readonly system = SAP_SYSTEM;
  private readonly salesOrders: SapSalesOrders;
  private readonly deliveries: SapDeliveries;
  private readonly stock: SapStock;

  constructor(client: SapS4HanaClient, @Inject(SAP_SETTINGS) settings: SapS4HanaSettings) {
    this.salesOrders = new SapSalesOrders(client, settings);
    this.deliveries = new SapDeliveries(client, settings);
    this.stock = new SapStock(client, settings);
  }

  postSalesOrder(command: PostSalesOrder): Promise<PostedSalesOrder> {
    return this.salesOrders.post(command);
  }

  readSalesOrders(salesOrders: readonly string[]): Promise<readonly SalesOrderDecision[]> {
    return this.salesOrders.readDecisions(salesOrders);
  }

  cancelSalesOrderItems(command: CancelSalesOrderItems): Promise<void> {
    return this.salesOrders.cancelItems(command);
  }

  async postGoodsIssue(command: PostGoodsIssue): Promise<{ readonly deliveryDocument: string }> {
    return { deliveryDocument: await this.deliveries.postGoodsIssue(command) };
  }

  readBilling(deliveryDocuments: readonly string[]): Promise<readonly BillingState[]> {
    return this.deliveries.readBilling(deliveryDocuments);
  }

  readStock(items: readonly ErpStockQuery[]): Promise<readonly ErpStock[]> {
    return this.stock.read(items);
  }
}
