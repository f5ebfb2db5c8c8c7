import { afterEffect } from '../../../src/platform/outside/outside-error.js';
import type { BillingState, PostGoodsIssue } from '../erp.port.js';
import { anyOf, entityPath, literal } from './odata.js';
import type { SapResource, SapS4HanaClient } from './sap-s4hana.client.js';
import { deliveryBody, invoiceOf, sameItem, sapKey } from './sap-s4hana.mapper.js';
import { onceMoreIfStale } from './sap-s4hana.retry.js';
import type { SapS4HanaSettings } from './sap-s4hana.settings.js';
import {
  collectionEnvelope,
  deliveryBillingSchema,
  deliveryItemFlowSchema,
  deliveryItemSchema,
  deliverySchema,
  DELIVERY_SERVICE as service,
  entityEnvelope,
  type SapDelivery,
  type SapDeliveryItem,
} from './sap-s4hana.wire.js';

const DELIVERY_FIELDS = 'DeliveryDocument,OverallGoodsMovementStatus,OverallPickingStatus';
const COMPLETE = 'C';
const ITEMS_MAX = '500';

/** Picking and serial numbers are ours alone to set, whatever the state of the document. */
const ANY_ETAG = '*';

/** The deliveries of API_OUTBOUND_DELIVERY_SRV. */
export class SapDeliveries {
  constructor(
    private readonly client: SapS4HanaClient,
    private readonly settings: SapS4HanaSettings,
  ) {}

  /** Creates the delivery and posts its goods issue. A delivery that an earlier attempt left half done is finished. */
  async postGoodsIssue(command: PostGoodsIssue): Promise<string> {
    const known = command.mayExist ? await this.find(command.idempotencyKey) : undefined;
    if (known !== undefined) return this.finish(known, command, true);
    const created = await this.create(command);
    return afterEffect(() => this.finish(created, command, false));
  }

  private async finish(delivery: SapDelivery, command: PostGoodsIssue, resumed: boolean): Promise<string> {
    const document = delivery.DeliveryDocument;
    if (delivery.OverallGoodsMovementStatus === COMPLETE) return document;
    await this.setSerials(document, command, resumed);
    if (['A', 'B'].includes(delivery.OverallPickingStatus)) await this.call('PickAllItems', document, ANY_ETAG);
    await onceMoreIfStale(() => this.issueGoods(document));
    return document;
  }

  async readBilling(deliveryDocuments: readonly string[]): Promise<readonly BillingState[]> {
    if (deliveryDocuments.length === 0) return [];
    const found = await this.client.read(
      { service, path: 'A_OutbDeliveryHeader', operation: 'A_OutbDeliveryHeader.readBilling' },
      {
        $filter: anyOf('DeliveryDocument', deliveryDocuments),
        $select: 'DeliveryDocument,OverallDelivReltdBillgStatus',
        $top: String(deliveryDocuments.length),
      },
      collectionEnvelope(deliveryBillingSchema),
    );
    const billed = new Set(
      found
        .filter((delivery) => delivery.OverallDelivReltdBillgStatus === COMPLETE)
        .map((delivery) => delivery.DeliveryDocument),
    );
    return Promise.all(
      deliveryDocuments.map(async (deliveryDocument) =>
        billed.has(deliveryDocument)
          ? { deliveryDocument, invoice: (await this.readInvoice(deliveryDocument)) ?? deliveryDocument }
          : { deliveryDocument },
      ),
    );
  }

  private async find(idempotencyKey: string): Promise<SapDelivery | undefined> {
    const found = await this.client.read(
      { service, path: 'A_OutbDeliveryHeader', operation: 'A_OutbDeliveryHeader.find' },
      {
        $filter: `DeliveryDocumentBySupplier eq ${literal(sapKey(idempotencyKey))}`,
        $select: DELIVERY_FIELDS,
        $orderby: 'DeliveryDocument',
        $top: '1',
      },
      collectionEnvelope(deliverySchema),
    );
    return found[0];
  }

  private create(command: PostGoodsIssue): Promise<SapDelivery> {
    const body = deliveryBody(command, this.settings);
    return this.client.create(service, 'A_OutbDeliveryHeader', body, entityEnvelope(deliverySchema));
  }

  private async setSerials(document: string, command: PostGoodsIssue, resumed: boolean): Promise<void> {
    if (command.items.every((item) => item.serials.length === 0)) return;
    const deliveryItems = await this.readItems(document);
    for (const { item, serials } of command.items) {
      const deliveryItem = deliveryItems.find((one) => sameItem(one.ReferenceSDDocumentItem, item));
      if (serials.length === 0 || deliveryItem === undefined) continue;
      const parameters = { DeliveryDocumentItem: literal(deliveryItem.DeliveryDocumentItem) };
      // SAP refuses a serial number that is there already, and the earlier attempt may have set some.
      if (resumed) await this.call('DeleteAllSerialNumbersFromDeliveryItem', document, ANY_ETAG, parameters);
      for (const serial of serials)
        await this.call('AddSerialNumberToDeliveryItem', document, ANY_ETAG, {
          ...parameters,
          SerialNumber: literal(serial),
        });
    }
  }

  private readItems(document: string): Promise<readonly SapDeliveryItem[]> {
    return this.client.read(
      this.itemsOf(document, 'A_OutbDeliveryHeader.to_DeliveryDocumentItem.read'),
      { $select: 'DeliveryDocumentItem,ReferenceSDDocumentItem', $top: ITEMS_MAX },
      collectionEnvelope(deliveryItemSchema),
    );
  }

  private async issueGoods(document: string): Promise<void> {
    const delivery = await this.client.read(
      { service, path: entityPath('A_OutbDeliveryHeader', document), operation: 'A_OutbDeliveryHeader.read' },
      { $select: DELIVERY_FIELDS },
      entityEnvelope(deliverySchema),
    );
    if (delivery.OverallGoodsMovementStatus === COMPLETE) return;
    await this.call('PostGoodsIssue', document, delivery.__metadata?.etag ?? ANY_ETAG);
  }

  /** All items of a delivery go on one invoice, so the first one's document flow is enough. */
  private async readInvoice(document: string): Promise<string | undefined> {
    const [first] = await this.client.read(
      this.itemsOf(document, 'A_OutbDeliveryHeader.readInvoice'),
      { $expand: 'to_DocumentFlow', $top: '1' },
      collectionEnvelope(deliveryItemFlowSchema),
    );
    return invoiceOf(first);
  }

  private itemsOf(document: string, operation: string): SapResource {
    return { service, path: `${entityPath('A_OutbDeliveryHeader', document)}/to_DeliveryDocumentItem`, operation };
  }

  private call(
    functionImport: string,
    document: string,
    etag: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    return this.client.call(service, functionImport, { DeliveryDocument: literal(document), ...parameters }, etag);
  }
}
