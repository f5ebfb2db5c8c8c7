import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Pool } from 'pg';
import { AmazonPoller } from '../../experience-apis/amazon/index.js';
import { ChannelTasks } from '../../experience-apis/channel-kit/index.js';
import { ErpFollowUp, ErpTasks, WmsTasks } from '../../process-apis/fulfillment/index.js';
import { SqlIntake } from '../../process-apis/intake/index.js';
import { OrderCommit, OrderReader, Resumption, WaitingOrders } from '../../process-apis/orders/index.js';
import { Publishing } from '../../process-apis/publishing/index.js';
import { ERP_PORT, type ErpPort } from '../../system-apis/erp/erp.port.js';
import { WMS_PORT, type WmsPort } from '../../system-apis/wms/wms.port.js';
import { CONFIG, type Config } from '../platform/config/config.js';
import { PG_POOL } from '../platform/db/database.module.js';
import { EventFeed } from '../platform/event-log/index.js';
import { Readiness } from '../platform/http/readiness.js';
import { BackgroundLoop, TaskQueue } from '../platform/jobs/index.js';

const SECOND = 1_000;

/** Starts what works without being called, by the process's roles, and stops it in order: first the takers, then the door. */
@Injectable()
export class Background implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loops: readonly BackgroundLoop[];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(PG_POOL) private readonly pool: Pool,
    @Inject(ERP_PORT) private readonly erp: ErpPort,
    @Inject(WMS_PORT) private readonly wms: WmsPort,
    private readonly feed: EventFeed,
    private readonly tasks: TaskQueue,
    private readonly orders: OrderCommit,
    private readonly reader: OrderReader,
    private readonly channelTasks: ChannelTasks,
    private readonly amazon: AmazonPoller,
    private readonly readiness: Readiness,
    private readonly publishing: Publishing,
    waiting: WaitingOrders,
    resumption: Resumption,
    intake: SqlIntake,
  ) {
    const followUp = new ErpFollowUp(erp, orders, waiting, pool);
    this.loops = [
      new BackgroundLoop('ERP confirmations', SECOND, () => followUp.sweepConfirmations()),
      new BackgroundLoop('ERP billing', 2 * SECOND, () => followUp.sweepBilling()),
      new BackgroundLoop('resuming orders', SECOND / 2, () => resumption.sweep()),
      new BackgroundLoop('quantities to publish', SECOND, () => publishing.sweepChanges()),
      new BackgroundLoop('publishing quantities', SECOND, () => publishing.sweepDue()),
      new BackgroundLoop('parked messages', 15 * SECOND, async () => {
        await intake.sweepParked();
        return false;
      }),
    ];
  }

  async onApplicationBootstrap(): Promise<void> {
    new ErpTasks(this.erp, this.orders, this.reader).register(this.tasks);
    new WmsTasks(this.wms, this.orders, this.reader).register(this.tasks);
    this.channelTasks.register(this.tasks, this.publishing);
    await this.tasks.start();
    await this.feed.start();
    this.readiness.register({ name: 'database', check: () => this.checkDatabase() });
    if (!this.config.roles.includes('worker')) return;
    await this.tasks.work();
    for (const loop of this.loops) loop.start();
    await this.amazon.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
    await this.tasks.stop(this.config.shutdownTimeoutMs);
    await this.orders.drain();
    await this.feed.stop();
  }

  private async checkDatabase(): Promise<string | undefined> {
    await this.pool.query('select 1');
    return undefined;
  }
}
