import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type Type,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Pool } from 'pg';
import { AmazonPoller } from '../../experience-apis/amazon/index.js';
import { ChannelTasks, ShownOnChannels } from '../../experience-apis/channel-kit/index.js';
import { ShopifyMissedOrders } from '../../experience-apis/shopify/index.js';
import { LotExpiry, SoftReservations } from '../../process-apis/availability/index.js';
import {
  ErpFollowUp,
  ErpTasks,
  tellOrdersGivenUp,
  WmsFollowUp,
  WmsTasks,
} from '../../process-apis/fulfillment/index.js';
import { StoredMessages } from '../../process-apis/intake/index.js';
import {
  OrderCommit,
  OrderReader,
  Resumption,
  SearchIndex,
  sqlSlaClocks,
  WaitingOrders,
} from '../../process-apis/orders/index.js';
import { Publishing } from '../../process-apis/publishing/index.js';
import { Reconciliation } from '../../process-apis/reconciliation/index.js';
import { AfterLoss } from '../../process-apis/recovery/index.js';
import { ERP_PORT, type ErpPort } from '../../system-apis/erp/erp.port.js';
import { WMS_FACT_SINK, WMS_PORT, type WmsFactSink, type WmsPort } from '../../system-apis/wms/wms.port.js';
import { CONFIG, type Config } from '../platform/config/config.js';
import { FieldCipher } from '../platform/crypto/field-cipher.js';
import { PG_POOL } from '../platform/db/database.module.js';
import { EventFeed } from '../platform/event-log/index.js';
import { Readiness } from '../platform/http/readiness.js';
import { BackgroundLoop, Pressure, TaskQueue } from '../platform/jobs/index.js';
import { GateTaskPolicies } from '../platform/outside/gate-task-policies.js';
import { PolicySync } from '../platform/outside/policy-sync.js';
import { AlertWork } from './alert-work.js';
import { CarrierWork } from './carrier-work.js';
import { ExceptionWork } from './exception-work.js';
import { KpiWork } from './kpi-work.js';
import { registerReadiness } from './readiness-checks.js';
import { ReplayWork } from './replay-work.js';

const SECOND = 1_000;
const LOT_EXPIRY_EVERY_MS = 60 * SECOND;
const HOUR = 3_600 * SECOND;

/**
 * Starts what works without being called, by the process's roles, and stops it in order: first the takers, then (when the
 * HTTP server has answered what it took) the door.
 * It binds nearly everything, so it asks the container for each part instead of naming all of them in its constructor.
 */
@Injectable()
export class Background implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private loops: readonly BackgroundLoop[] = [];
  private stopping: Promise<void> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly feed: EventFeed,
    private readonly tasks: TaskQueue,
    private readonly orders: OrderCommit,
    private readonly parts: ModuleRef,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.registerTasks();
    await this.tasks.start();
    await this.feed.start();
    this.part(PolicySync).watchCommits(() => this.orders.queued, this.config.commitQueueMax);
    await registerReadiness(this.part(Readiness), this.pool, this.feed);
    if (this.config.roles.includes('worker')) await this.startWorker();
  }

  /**
   * Takes on no more work, and ends what is under way, as far as the time for a shutdown allows: what is left is taken over by
   * others. Requests are answered meanwhile, and who asks whether the process is ready hears that it stops.
   */
  stopWork(): Promise<void> {
    this.stopping ??= this.endWork();
    return this.stopping;
  }

  async onModuleDestroy(): Promise<void> {
    await this.stopWork();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.orders.drain();
    await this.part(SoftReservations).drain();
    await this.part(KpiWork).stop();
    await this.feed.stop();
  }

  private async endWork(): Promise<void> {
    for (const part of [Readiness, ReplayWork, ShopifyMissedOrders]) this.part<OnModuleDestroy>(part).onModuleDestroy();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.config.shutdownTimeoutMs);
    const sweeps = [this.part(Reconciliation).stop(), ...this.loops.map((loop) => loop.stop())];
    const ended = Promise.all(sweeps).then(() => this.part(Publishing).stop());
    await Promise.all([
      Promise.race([ended, late]),
      this.part(AmazonPoller).onModuleDestroy(),
      this.tasks.stop(this.config.shutdownTimeoutMs),
    ]);
    clearTimeout(timer);
  }

  private registerTasks(): void {
    const reader = this.part(OrderReader);
    new ErpTasks(this.parts.get<ErpPort>(ERP_PORT, { strict: false }), this.orders, reader).register(this.tasks);
    new WmsTasks(this.parts.get<WmsPort>(WMS_PORT, { strict: false }), this.orders, reader).register(this.tasks);
    this.part(CarrierWork).register(this.tasks);
    this.part(AlertWork).register(this.tasks);
    this.tasks.onGivenUp(tellOrdersGivenUp(this.orders, reader));
    this.part(ChannelTasks).register(this.tasks, this.part(Publishing));
    this.part(Reconciliation).register(this.part(ShownOnChannels));
  }

  private async startWorker(): Promise<void> {
    await this.tasks.work();
    this.loops = this.sweeps();
    for (const loop of this.loops) loop.start();
    await this.part(AmazonPoller).start();
  }

  private sweeps(): readonly BackgroundLoop[] {
    const followUp = new ErpFollowUp(
      this.parts.get<ErpPort>(ERP_PORT, { strict: false }),
      this.orders,
      this.part(WaitingOrders),
      this.pool,
    );
    const lostNews = new WmsFollowUp({
      wms: this.parts.get<WmsPort>(WMS_PORT, { strict: false }),
      inbound: this.parts.get<WmsFactSink>(WMS_FACT_SINK, { strict: false }),
      pool: this.pool,
    });
    const afterLoss = this.afterLoss();
    const clocks = sqlSlaClocks(this.pool, this.orders);
    const resumption = this.part(Resumption);
    const messages = this.part(StoredMessages);
    const missed = this.part(ShopifyMissedOrders);
    const pressure = this.part(Pressure);
    return [
      new BackgroundLoop('pressure', SECOND, () => this.lookAtPressure()),
      new BackgroundLoop('ERP confirmations', SECOND, () => followUp.sweepConfirmations()),
      new BackgroundLoop('ERP billing', 2 * SECOND, () => followUp.sweepBilling()),
      ...this.part(CarrierWork).loops(),
      ...this.part(AlertWork).loops(),
      ...this.part(ExceptionWork).loops(),
      ...this.part(KpiWork).loops(),
      ...this.part(ReplayWork).loops(),
      this.searchLoop(pressure),
      new BackgroundLoop('resuming orders', SECOND / 2, () => resumption.sweep()),
      new BackgroundLoop('steps that take too long', 10 * SECOND, () => clocks.sweep()),
      new BackgroundLoop('what a restore left open', 5 * SECOND, () => afterLoss.sweep()),
      new BackgroundLoop('lost news of warehouses', SECOND, () => lostNews.sweep()),
      new BackgroundLoop('orders that waited for a date', 10 * SECOND, () => resumption.sweepTime()),
      ...this.stockLoops(pressure),
      new BackgroundLoop('orders of shops that never came', 5 * SECOND, async () => {
        await missed.sweep();
        return false;
      }),
      new BackgroundLoop('parked messages', 15 * SECOND, async () => {
        await messages.sweepParked();
        return false;
      }),
    ];
  }

  /** What keeps stock right, and channels told of it. */
  private stockLoops(pressure: Pressure): readonly BackgroundLoop[] {
    const publishing = this.part(Publishing);
    const expiry = this.part(LotExpiry);
    const soft = this.part(SoftReservations);
    const drift = this.part(Reconciliation);
    const telling = new BackgroundLoop(
      'publishing quantities',
      SECOND,
      pressure.unlessHeld(4, () => publishing.sweepDue()),
    );
    return [
      new BackgroundLoop('quantities to publish', SECOND, async () => {
        const changes = await publishing.sweepChanges();
        const reviews = await publishing.sweepReviews();
        telling.wake();
        return changes || reviews;
      }),
      telling,
      new BackgroundLoop('history of told quantities', HOUR, () => publishing.sweepHistory()),
      new BackgroundLoop('soft reservations whose time is over', SECOND, () => soft.sweepExpired()),
      new BackgroundLoop('lots past their last day', LOT_EXPIRY_EVERY_MS, () => expiry.sweep()),
      new BackgroundLoop(
        'snapshots that close gaps',
        5 * SECOND,
        pressure.unlessHeld(4, () => drift.sweepGaps()),
      ),
      new BackgroundLoop(
        'drift',
        60 * SECOND,
        pressure.unlessHeld(4, () => drift.sweepDue()),
      ),
      new BackgroundLoop('history of drift', HOUR, () => drift.sweepHistory()),
    ];
  }

  private afterLoss(): AfterLoss {
    const [publishing, reconciliation] = [this.part(Publishing), this.part(Reconciliation)];
    const logger = new Logger(AfterLoss.name);
    return new AfterLoss({ pool: this.pool, publishing, reconciliation, tell: (sentence) => logger.warn(sentence) });
  }

  private searchLoop(pressure: Pressure): BackgroundLoop {
    const logger = new Logger(SearchIndex.name);
    const index = new SearchIndex(this.pool, this.part(FieldCipher), (sentence) => logger.warn(sentence));
    const sweep = pressure.unlessHeld(4, () => index.sweep());
    return new BackgroundLoop('what orders are found by', SECOND / 2, sweep);
  }

  private async lookAtPressure(): Promise<boolean> {
    const signals = await this.part(GateTaskPolicies).signals(this.tasks, this.part(PolicySync).load);
    this.part(Pressure).look(signals);
    return false;
  }

  private part<T>(token: Type<T>): T {
    return this.parts.get(token, { strict: false });
  }
}
