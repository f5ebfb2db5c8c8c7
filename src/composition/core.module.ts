import { Global, Logger, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { ChannelConnectors, ChannelTasks, ShownOnChannels } from '../../experience-apis/channel-kit/index.js';
import {
  Availability,
  LotExpiry,
  SoftReservations,
  StockFeeds,
  StockIntake,
  StockReader,
} from '../../process-apis/availability/index.js';
import { Catalog, SqlCatalog } from '../../process-apis/catalog/index.js';
import { Exceptions } from '../../process-apis/exceptions/index.js';
import { WmsInbound } from '../../process-apis/fulfillment/index.js';
import { Intake, KeptFacts, ReceivedOrders, SqlIntake, StoredMessages } from '../../process-apis/intake/index.js';
import {
  OrderCommit,
  OrderReader,
  Resumption,
  SqlOrderStore,
  WaitingOrders,
  type OrderCommitParts,
  type SqlOrderStoreParts,
} from '../../process-apis/orders/index.js';
import { Publishing } from '../../process-apis/publishing/index.js';
import {
  DEFAULT_DRIFT_POLICY,
  DriftHistory,
  driftPolicySchema,
  Reconciliation,
  type ReconciliationParts,
} from '../../process-apis/reconciliation/index.js';
import { SourcingPolicies } from '../../process-apis/sourcing/index.js';
import { SystemKinds } from '../../process-apis/systems/index.js';
import { CARRIER_PORT, type CarrierPort } from '../../system-apis/carrier/carrier.port.js';
import { ERP_PORT, type ErpPort } from '../../system-apis/erp/erp.port.js';
import { WMS_FACT_SINK, WMS_PORT, type WmsPort } from '../../system-apis/wms/wms.port.js';
import { CONFIG, type Config } from '../platform/config/config.js';
import { SystemSettings } from '../platform/config/system-settings.js';
import { FieldCipher } from '../platform/crypto/field-cipher.js';
import { CursorStore } from '../platform/db/cursor-store.js';
import { PG_POOL } from '../platform/db/database.module.js';
import { SqlCursorStore } from '../platform/db/sql-cursor-store.js';
import { EventFeed, readRecovery, RECOVERY_MS } from '../platform/event-log/index.js';
import { TaskQueue, TaskRecords } from '../platform/jobs/index.js';
import { GateTaskPolicies } from '../platform/outside/gate-task-policies.js';

type CommitSettings = Pick<OrderCommitParts, 'names' | 'limits'> & Pick<SqlOrderStoreParts, 'sourcing'>;

const COMMIT_SETTINGS = Symbol('CommitSettings');
const DRIFT_SYSTEMS = Symbol('DriftSystems');

type DriftSystems = Pick<ReconciliationParts, 'wms' | 'erp' | 'policy' | 'feeds'>;

/** The process layer, bound together: plain classes that know nothing of Nest get here what they need. */
@Global()
@Module({
  providers: [
    { provide: EventFeed, inject: [PG_POOL], useFactory: (pool: Pool) => new EventFeed(pool) },
    {
      provide: TaskQueue,
      inject: [PG_POOL, GateTaskPolicies],
      useFactory: (pool: Pool, policies: GateTaskPolicies) => new TaskQueue(pool, policies, 'orderId'),
    },
    {
      provide: TaskRecords,
      inject: [PG_POOL, TaskQueue],
      useFactory: (pool: Pool, tasks: TaskQueue) => new TaskRecords(pool, tasks),
    },
    { provide: CursorStore, inject: [PG_POOL], useFactory: (pool: Pool) => new SqlCursorStore(pool) },
    {
      provide: SqlCatalog,
      inject: [PG_POOL, EventFeed],
      useFactory: (pool: Pool, feed: EventFeed) => new SqlCatalog(pool, () => feed.wake()),
    },
    { provide: Catalog, useExisting: SqlCatalog },
    {
      provide: SourcingPolicies,
      inject: [PG_POOL],
      useFactory: (pool: Pool) => new SourcingPolicies(pool),
    },
    {
      provide: Exceptions,
      inject: [PG_POOL, EventFeed],
      useFactory: (pool: Pool, feed: EventFeed) => new Exceptions(pool, () => feed.wake()),
    },
    {
      provide: COMMIT_SETTINGS,
      inject: [CONFIG, ERP_PORT, WMS_PORT, SourcingPolicies, { token: CARRIER_PORT, optional: true }],
      useFactory: (
        config: Config,
        erp: ErpPort,
        wms: WmsPort,
        sourcing: SourcingPolicies,
        carrier?: CarrierPort,
      ): CommitSettings => ({
        sourcing,
        names: { erp: erp.system, wms: wms.system, ...(carrier === undefined ? {} : { carrier: carrier.system }) },
        limits: {
          batchMax: config.commitBatchMax,
          inFlightMax: config.commitInFlightMax,
          queueMax: config.commitQueueMax,
        },
      }),
    },
    {
      provide: OrderCommit,
      inject: [PG_POOL, SqlCatalog, TaskQueue, FieldCipher, EventFeed, COMMIT_SETTINGS],
      useFactory: async (
        pool: Pool,
        catalog: SqlCatalog,
        tasks: TaskQueue,
        cipher: FieldCipher,
        feed: EventFeed,
        { sourcing, ...settings }: CommitSettings,
      ) => {
        const store = new SqlOrderStore({ pool, catalog, sourcing, tasks });
        // A database is restored while no hub runs: it is enough to look at the start.
        const recovery = await readRecovery(pool);
        const endsMs = (recovery?.sinceMs ?? 0) + RECOVERY_MS;
        const lostBefore = (): string | undefined => (Date.now() < endsMs ? recovery?.lostBefore : undefined);
        return new OrderCommit({ store, cipher, ...settings, lostBefore, committed: () => feed.wake() });
      },
    },
    {
      provide: OrderReader,
      inject: [PG_POOL, FieldCipher],
      useFactory: (pool: Pool, cipher: FieldCipher) => new OrderReader(pool, cipher),
    },
    {
      provide: WaitingOrders,
      inject: [OrderCommit],
      useFactory: (orders: OrderCommit) => {
        const logger = new Logger(WaitingOrders.name);
        return new WaitingOrders(orders, (sentence) => logger.error(sentence));
      },
    },
    {
      provide: Resumption,
      inject: [PG_POOL, WaitingOrders, CursorStore, EventFeed, SqlCatalog, SourcingPolicies],
      useFactory: (
        pool: Pool,
        waiting: WaitingOrders,
        cursors: CursorStore,
        feed: EventFeed,
        ...known: readonly [SqlCatalog, SourcingPolicies]
      ) =>
        new Resumption({
          pool,
          waiting,
          cursors,
          committed: () => feed.wake(),
          forget: () => known.forEach((memory) => memory.forget()),
        }),
    },
    {
      provide: Availability,
      inject: [PG_POOL, SqlCatalog, SourcingPolicies],
      useFactory: (pool: Pool, catalog: SqlCatalog, sourcing: SourcingPolicies) =>
        new Availability(pool, catalog, sourcing),
    },
    {
      provide: SoftReservations,
      inject: [PG_POOL, SqlCatalog, SourcingPolicies, EventFeed],
      useFactory: (pool: Pool, catalog: SqlCatalog, sourcing: SourcingPolicies, feed: EventFeed) =>
        new SoftReservations(pool, catalog, sourcing, () => feed.wake()),
    },
    {
      provide: StockIntake,
      inject: [PG_POOL, EventFeed],
      useFactory: (pool: Pool, feed: EventFeed) => new StockIntake(pool, () => feed.wake()),
    },
    { provide: StockReader, inject: [PG_POOL], useFactory: (pool: Pool) => new StockReader(pool) },
    { provide: StockFeeds, inject: [PG_POOL], useFactory: (pool: Pool) => new StockFeeds(pool) },
    {
      provide: LotExpiry,
      inject: [PG_POOL, EventFeed],
      useFactory: (pool: Pool, feed: EventFeed) => new LotExpiry(pool, () => feed.wake()),
    },
    {
      provide: StoredMessages,
      inject: [PG_POOL, OrderCommit, StockIntake, FieldCipher],
      useFactory: (pool: Pool, orders: OrderCommit, stock: StockIntake, cipher: FieldCipher) =>
        new StoredMessages({ pool, orders, stock, cipher }),
    },
    {
      provide: SqlIntake,
      inject: [PG_POOL, OrderCommit, FieldCipher, SqlCatalog, StoredMessages],
      useFactory: (
        pool: Pool,
        orders: OrderCommit,
        cipher: FieldCipher,
        catalog: SqlCatalog,
        messages: StoredMessages,
      ) => {
        const intake = new SqlIntake(pool, orders, cipher, catalog, messages);
        messages.register(new KeptFacts());
        return intake;
      },
    },
    { provide: Intake, useExisting: SqlIntake },
    { provide: ReceivedOrders, inject: [PG_POOL], useFactory: (pool: Pool) => new ReceivedOrders(pool) },
    {
      provide: Publishing,
      inject: [PG_POOL, Availability, EventFeed],
      useFactory: (pool: Pool, quantities: Availability, feed: EventFeed) => {
        const logger = new Logger(Publishing.name);
        const onFailure = (sentence: string): void => logger.warn(sentence);
        return new Publishing({ pool, quantities, committed: () => feed.wake(), onFailure });
      },
    },
    {
      provide: DRIFT_SYSTEMS,
      inject: [WMS_PORT, ERP_PORT, StockFeeds, SystemSettings],
      useFactory: (wms: WmsPort, erp: ErpPort, feeds: StockFeeds, settings: SystemSettings): DriftSystems => ({
        wms,
        erp,
        feeds,
        policy: settings.has('drift') ? settings.section('drift', driftPolicySchema) : DEFAULT_DRIFT_POLICY,
      }),
    },
    {
      provide: Reconciliation,
      inject: [PG_POOL, SqlCatalog, StockIntake, Publishing, EventFeed, DRIFT_SYSTEMS],
      useFactory: (
        pool: Pool,
        catalog: SqlCatalog,
        stock: StockIntake,
        publishing: Publishing,
        feed: EventFeed,
        systems: DriftSystems,
      ) => {
        const logger = new Logger(Reconciliation.name);
        const onFailure = (sentence: string): void => logger.warn(sentence);
        const parts = { pool, catalog, stock, publishing, onFailure, committed: () => feed.wake() };
        return new Reconciliation({ ...parts, ...systems });
      },
    },
    {
      provide: SystemKinds,
      inject: [ERP_PORT, WMS_PORT, { token: CARRIER_PORT, optional: true }],
      useFactory: (erp: ErpPort, wms: WmsPort, carrier?: CarrierPort) =>
        new SystemKinds([
          [erp.system, 'ERP'],
          [wms.system, 'WMS'],
          ...(carrier === undefined ? [] : ([[carrier.system, 'CARRIER']] as const)),
        ]),
    },
    { provide: DriftHistory, inject: [PG_POOL], useFactory: (pool: Pool) => new DriftHistory(pool) },
    {
      provide: ShownOnChannels,
      inject: [ChannelConnectors, SqlCatalog],
      useFactory: (connectors: ChannelConnectors, catalog: SqlCatalog) => new ShownOnChannels(connectors, catalog),
    },
    {
      provide: WMS_FACT_SINK,
      inject: [PG_POOL, OrderCommit, StockIntake, FieldCipher, StoredMessages, SqlIntake],
      useFactory: (
        pool: Pool,
        orders: OrderCommit,
        stock: StockIntake,
        cipher: FieldCipher,
        messages: StoredMessages,
      ) => {
        const inbound = new WmsInbound(pool, orders, stock, cipher);
        messages.register(inbound);
        return inbound;
      },
    },
    ChannelConnectors,
    {
      provide: ChannelTasks,
      inject: [ChannelConnectors, SqlCatalog, OrderCommit, OrderReader],
      useFactory: (connectors: ChannelConnectors, catalog: SqlCatalog, orders: OrderCommit, reader: OrderReader) =>
        new ChannelTasks(connectors, catalog, orders, reader),
    },
  ],
  exports: [
    EventFeed,
    TaskQueue,
    TaskRecords,
    CursorStore,
    SqlCatalog,
    Catalog,
    SourcingPolicies,
    Exceptions,
    OrderCommit,
    OrderReader,
    WaitingOrders,
    Resumption,
    Availability,
    SoftReservations,
    StockIntake,
    StockReader,
    StockFeeds,
    LotExpiry,
    StoredMessages,
    SqlIntake,
    Intake,
    ReceivedOrders,
    Publishing,
    Reconciliation,
    SystemKinds,
    DriftHistory,
    ShownOnChannels,
    WMS_FACT_SINK,
    ChannelConnectors,
    ChannelTasks,
  ],
})
export class CoreModule {}
