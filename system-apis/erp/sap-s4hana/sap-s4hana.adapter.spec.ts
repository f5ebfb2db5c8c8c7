import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Test } from '@nestjs/testing';
import { Global, Module } from '@nestjs/common';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { OutsideGate } from '../../../src/platform/outside/outside-gate.js';
import { goodsIssueOf, salesOrderOf } from '../conformance/erp.commands.js';
import { describeErpConformance, type ErpSubject } from '../conformance/erp.conformance.js';
import { ERP_PORT, type ErpPort } from '../erp.port.js';
import { startSapSandbox, type Journal, type SapSandbox, type SapSandboxOptions } from './sandbox/sap-sandbox.js';
import { sapKey } from './sap-s4hana.mapper.js';
import { SapS4HanaModule } from './sap-s4hana.module.js';
import type { SapS4HanaSettingsInput } from './sap-s4hana.settings.js';

const SKUS = ['TG11', 'TG12'] as const;
const NODE = 'dc-west';
const OTHER_NODE = 'dc-east';
const REST_NODE = 'dc-rest';
const PLACES = {
  [NODE]: { plant: '1710', storageLocation: '171A' },
  [OTHER_NODE]: { plant: '1710', storageLocation: '171B' },
  [REST_NODE]: { plant: '1710' },
};
const STEPS = {
  createSalesOrder: 'A_SalesOrder.create',
  createDelivery: 'A_OutbDeliveryHeader.create',
  postGoodsIssue: 'PostGoodsIssue',
} as const;

describeErpConformance('SAP S/4HANA', async (): Promise<ErpSubject> => {
  const sandbox = await startSapSandbox({
    materials: [...SKUS, 'TG13'],
    decisionDelayMs: 300,
    billingDelayMs: 200,
    decide: creditRule,
  });
  const { erp, close } = await connect(sandbox);
  return {
    erp,
    skus: SKUS,
    unknownSku: 'NO-SUCH-ITEM',
    node: NODE,
    otherNode: OTHER_NODE,
    idleSku: 'TG13',
    rejectedChannel: 'bad-debtor',
    countSalesOrders: (key) => sandbox.salesOrdersByPurchaseOrder(sapKey(key)).length,
    unitsOf: (salesOrder, item) => {
      const known = sandbox.salesOrders().find((one) => one.salesOrder === salesOrder);
      const found = known?.items.find((one) => one.item === item);
      return found === undefined || found.rejectionReason !== '' ? 0 : found.quantity;
    },
    deliveriesOf: (salesOrder) =>
      sandbox
        .deliveries()
        .filter((delivery) => delivery.items.some((item) => item.salesOrder === salesOrder))
        .map(({ deliveryDocument, goodsIssued, items }) => ({
          deliveryDocument,
          goodsIssued,
          items: items.map(({ salesOrderItem, quantity, serials }) => ({ item: salesOrderItem, quantity, serials })),
        })),
    loseAnswerOf: (step) => sandbox.failNext({ operation: STEPS[step], times: 1, mode: 'after' }),
    setStock: (material, node, { onHand, qualityHold }) => {
      const place = { material, ...PLACES[node as keyof typeof PLACES] };
      sandbox.setStock({ ...place, quantity: onHand - qualityHold });
      sandbox.setStock({ ...place, stockType: '02', quantity: qualityHold });
    },
    setDown: (down) => sandbox.setDown(down),
    close: async () => {
      await close();
      await sandbox.close();
    },
  };
});

describe('SapS4HanaAdapter', () => {
  let sandbox: SapSandbox;
  let erp: ErpPort;
  let close: () => Promise<void>;

  beforeEach(async () => {
    sandbox = await startSapSandbox({ materials: SKUS, decisionDelayMs: 0, billingDelayMs: 0 });
    ({ erp, close } = await connect(sandbox));
  });
  afterEach(async () => {
    await close();
    await sandbox.close();
  });

  it('fetches a new CSRF token when SAP has forgotten the session', async () => {
    await erp.postSalesOrder(order());
    sandbox.expireSessions();
    const posted = await Promise.all([erp.postSalesOrder(order()), erp.postSalesOrder(order())]);
    expect(new Set(posted.map((one) => one.salesOrder)).size).toBe(2);
    expect(sandbox.salesOrders()).toHaveLength(3);
  });

  it('tries to open a session again after it failed', async () => {
    sandbox.failNext({ operation: 'csrf-token.fetch', times: 1, mode: 'before', status: 500 });
    await expect(erp.postSalesOrder(order())).rejects.toMatchObject({ kind: 'transient' });
    await expect(erp.postSalesOrder(order())).resolves.toBeDefined();
  });

  it('says that the password is wrong', async () => {
    const other = await connect(sandbox, {}, 'wrong');
    await expect(other.erp.postSalesOrder(order())).rejects.toMatchObject({ kind: 'authentication' });
    await other.close();
  });

  it('reads again when two commands change items of one sales order at once', async () => {
    const posted = await erp.postSalesOrder(order());
    const cancel = (item: string) =>
      erp.cancelSalesOrderItems({
        idempotencyKey: `cancel:${item}`,
        salesOrder: posted.salesOrder,
        reason: 'test',
        items: [{ item, sku: '', remaining: 1 }],
      });
    await Promise.all(Object.values(posted.items).map(cancel));
    expect(sandbox.salesOrders()[0]?.items.map((item) => item.quantity)).toEqual([1, 1]);
  });

  it('keeps the channel order in the reference of the ship-to party, and the net amount to the cent', async () => {
    const command = order();
    const [first, ...others] = command.lines;
    if (first === undefined) throw new Error('the order has lines');
    const changed = { ...command, lines: [{ ...first, netAmount: { minor: 1000, currency: 'EUR' } }, ...others] };
    const netAmount = { minor: 3_500, currency: 'EUR' };
    expect(await erp.postSalesOrder(changed)).toMatchObject({ netAmount });
    expect(await erp.postSalesOrder({ ...changed, mayExist: true })).toMatchObject({ netAmount });
    expect(sandbox.salesOrders()[0]).toMatchObject({
      totalNetAmount: '35.00',
      currency: 'EUR',
      header: { PurchaseOrderByShipToParty: command.reference },
    });
  });

  it("repeats SAP's sentence when a delivery is not possible", async () => {
    const posted = await erp.postSalesOrder(order());
    const command = goodsIssueOf(posted, { node: NODE, skus: SKUS, quantities: [4, 1] });
    const refusal = erp.postGoodsIssue(command);
    await expect(refusal).rejects.toMatchObject({ kind: 'rejected' });
    await expect(refusal).rejects.toThrow('Only 3 of 4 are open');
    expect(sandbox.deliveries()).toEqual([]);
  });

  it('starts the serial numbers of an item again when an answer was lost in the middle of them', async () => {
    const posted = await erp.postSalesOrder(order());
    const command = goodsIssueOf(posted, { node: NODE, skus: SKUS, quantities: [3, 2] });
    sandbox.failNext({ operation: 'AddSerialNumberToDeliveryItem', times: 1, mode: 'after' });
    await expect(erp.postGoodsIssue(command)).rejects.toMatchObject({ kind: 'transient' });
    await erp.postGoodsIssue({ ...command, mayExist: true });
    expect(sandbox.deliveries()).toMatchObject([
      { goodsIssued: true, items: [{ serials: command.items[0]?.serials }, { serials: [] }] },
    ]);
  });

  it('counts a step that was kept back behind the delivery as a try, so that no second delivery is made', async () => {
    const gate = new OutsideGate();
    const other = await connect(sandbox, {}, sandbox.password, gate);
    const posted = await other.erp.postSalesOrder(order());
    const command = goodsIssueOf(posted, { node: NODE, skus: SKUS, quantities: [3, 2] });
    const pause = { changes: {}, paused: true, changedBy: 'ops', changedAt: '2026-01-01T00:00:00.000Z' };
    gate.policies.replaceChanges([{ system: 'sap-s4hana', operation: 'PickAllItems', ...pause }]);
    await expect(other.erp.postGoodsIssue(command)).rejects.toMatchObject({
      kind: 'transient',
      details: { operation: 'PickAllItems', notSent: false, outcomeUnknown: true },
    });
    gate.policies.replaceChanges([{ system: 'sap-s4hana', operation: '*', ...pause }]);
    await expect(other.erp.postGoodsIssue({ ...command, mayExist: true })).rejects.toMatchObject({
      details: { operation: 'A_OutbDeliveryHeader.find', notSent: true },
    });
    gate.policies.replaceChanges([]);
    await other.erp.postGoodsIssue({ ...command, mayExist: true });
    expect(sandbox.deliveries()).toMatchObject([{ goodsIssued: true }]);
    await other.close();
  });

  it('tells the invoice from the document flow', async () => {
    const posted = await erp.postSalesOrder(order());
    const { deliveryDocument } = await erp.postGoodsIssue(
      goodsIssueOf(posted, { node: NODE, skus: SKUS, quantities: [3, 2] }),
    );
    expect(await erp.readBilling([deliveryDocument, '1'])).toEqual([
      { deliveryDocument, invoice: sandbox.deliveries()[0]?.invoice },
      { deliveryDocument: '1' },
    ]);
  });

  it('adds up batches and what is held, and leaves out what is on its way or not ours', async () => {
    const place = { material: 'TG11', plant: '1710', storageLocation: '171A' };
    for (const [index, stockType] of ['01', '02', '03', '04', '05', '06', '07', '08'].entries())
      sandbox.setStock({ ...place, stockType, quantity: 10 ** index });
    sandbox.setStock({ ...place, batch: 'B1', quantity: 5 });
    sandbox.setStock({ ...place, specialStockType: 'K', quantity: 7 });
    sandbox.setStock({ ...place, plant: '1720', quantity: 7 });
    expect(await erp.readStock([{ sku: 'TG11', nodes: [NODE] }])).toMatchObject([
      { onHand: 11_000_116, qualityHold: 11_000_110, unit: 'PC' },
    ]);
  });

  it('gives a node without storage location the rest of the plant', async () => {
    for (const storageLocation of ['171A', '171B', '171C', ''])
      sandbox.setStock({ material: 'TG11', plant: '1710', storageLocation, quantity: 3 });
    expect(await erp.readStock([{ sku: 'TG11', nodes: [REST_NODE, OTHER_NODE] }])).toMatchObject([
      { node: REST_NODE, onHand: 6 },
      { node: OTHER_NODE, onHand: 3 },
    ]);
  });

  it('tells stock below zero as it is', async () => {
    const posted = await erp.postSalesOrder(order());
    await erp.postGoodsIssue(goodsIssueOf(posted, { node: NODE, skus: SKUS, quantities: [3, 2] }));
    expect(await erp.readStock([{ sku: 'TG11', nodes: [NODE] }])).toMatchObject([{ onHand: -3, qualityHold: 0 }]);
  });

  it('names the material whose stock is not whole, and no other stock with it', async () => {
    sandbox.setStock({ material: 'TG12', plant: '1710', storageLocation: '171A', quantity: 2.5 });
    const query = SKUS.map((sku) => ({ sku, nodes: [NODE] }));
    const broken = erp.readStock(query);
    await expect(broken).rejects.toMatchObject({ kind: 'contract', details: { operation: 'A_MatlStkInAcctMod.read' } });
    await expect(broken).rejects.toThrow('TG12 in plant 1710');
    expect(await erp.readStock(query.slice(0, 1))).toHaveLength(1);
  });

  it('reads on over many batches', async () => {
    for (let batch = 0; batch < 2_100; batch += 1)
      sandbox.setStock({ material: 'TG11', plant: '1710', storageLocation: '171A', batch: `B${batch}`, quantity: 1 });
    expect(await erp.readStock([{ sku: 'TG11', nodes: [NODE] }])).toMatchObject([{ onHand: 2_100 }]);
  });

  it('does not stumble over a SKU that SAP could not hold', async () => {
    const tooLong = { sku: 'X'.repeat(41), nodes: [NODE] };
    expect(await erp.readStock([{ sku: "TG1'1", nodes: [NODE] }, tooLong])).toEqual([]);
    expect(await erp.readStock([tooLong])).toEqual([]);
  });

  it('refuses a node that has no plant', async () => {
    const command = salesOrderOf({ channel: 'shop', node: 'nowhere', skus: SKUS, quantities: [1, 1] });
    const refusal = erp.postSalesOrder(command);
    await expect(refusal).rejects.toMatchObject({ kind: 'mapping' });
    await expect(refusal).rejects.toThrow('no SAP plant is configured for node nowhere');
    const reading = erp.readStock([{ sku: 'TG11', nodes: ['nowhere'] }]);
    await expect(reading).rejects.toThrow('no SAP plant is configured for node nowhere');
  });
});

describe('the sandbox', () => {
  it('is what it was after a restart', async () => {
    const entries: unknown[] = [];
    const journal: Journal = {
      entries: () => structuredClone(entries),
      append: (entry) => void entries.push(structuredClone(entry)),
    };
    const openingStock = [{ material: 'TG11', plant: '1710', storageLocation: '171A', quantity: 10 }];
    const options: SapSandboxOptions = {
      journal,
      materials: SKUS,
      decisionDelayMs: 0,
      billingDelayMs: 0,
      openingStock,
    };
    const first = await startSapSandbox(options);
    const connection = await connect(first);
    const posted = await connection.erp.postSalesOrder(order());
    await connection.erp.postGoodsIssue(goodsIssueOf(posted, { node: NODE, skus: SKUS, quantities: [3, 2] }));
    await connection.close();
    await first.close();

    const second = await startSapSandbox(options);
    expect(second.salesOrders()).toEqual(first.salesOrders());
    expect(second.deliveries()).toEqual(first.deliveries());
    expect(second.stock()).toEqual(first.stock());
    expect(second.stock().map(({ quantity }) => quantity)).toEqual([7, -2]);
    await second.close();
  });
});

function order() {
  return salesOrderOf({ channel: 'shop', node: NODE, skus: SKUS, quantities: [3, 2] });
}

function creditRule(salesOrder: { readonly soldToParty: string }) {
  return salesOrder.soldToParty === '666' ? { reject: '51' } : 'confirm';
}

/** The real module, connected to the sandbox. */
async function connect(
  sandbox: SapSandbox,
  settings: Partial<SapS4HanaSettingsInput> = {},
  password = sandbox.password,
  gate = new OutsideGate(),
): Promise<{ readonly erp: ErpPort; readonly close: () => Promise<void> }> {
  class OneSecret extends SecretSource {
    get = () => password;
    find = () => password;
  }
  @Global()
  @Module({
    providers: [
      { provide: SecretSource, useClass: OneSecret },
      { provide: OutsideGate, useValue: gate },
    ],
    exports: [SecretSource, OutsideGate],
  })
  class Secrets {}
  const sap = SapS4HanaModule.forRoot({
    url: sandbox.url,
    user: sandbox.user,
    passwordSecret: 'SAP_PASSWORD',
    salesOrderType: 'OR',
    salesOrganization: '1710',
    distributionChannel: '10',
    division: '00',
    soldToParty: { default: '17100001', byChannel: { 'bad-debtor': '666' } },
    nodes: PLACES,
    priceConditionType: 'PMP0',
    cancellationReason: '61',
    rejectionReasonTexts: { '51': 'Credit limit exceeded' },
    ...settings,
  });
  const module = await Test.createTestingModule({ imports: [Secrets, sap] }).compile();
  return { erp: module.get<ErpPort>(ERP_PORT), close: () => module.close() };
}
