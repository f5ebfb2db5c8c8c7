import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { z } from 'zod';
import { Catalog } from '../../process-apis/catalog/index.js';
import { Intake, ReceivedOrders } from '../../process-apis/intake/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { parseInstant, type Instant } from '../../src/model/time.js';
import { CursorStore } from '../../src/platform/db/cursor-store.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { Lease } from '../../src/platform/db/lease.js';
import { ORDERS_UPDATED, type WireUpdatedOrder } from './shopify-admin.wire.js';
import { fromGid } from './shopify-ids.js';
import { ShopifyClient } from './shopify.client.js';
import { SHOPIFY } from './shopify.connector.js';
import { shopifySettings } from './shopify.settings.js';

/** Orders read in one comparison. */
const READS_MAX = 200;
/** Pages of one comparison; what is left comes with the next one, from where this one ended. */
const PAGES_MAX = 100;
/** What the last comparison saw is seen again by so much: Shopify's list may lag behind the change. */
const OVERLAP_MS = 120_000;
/** A hub that starts has other things to do first. */
const FIRST_AFTER_MS_MAX = 60_000;
/** Versions that were read and are not to be read again, though no order came of them (not paid yet, refused). */
const READ_REMEMBERED_MAX = 10_000;

/** What comparing a shop with the hub found. */
export interface MissedOrders {
  readonly lookedAt: number;
  /** Orders that the hub had never heard of, and were read. */
  readonly missing: number;
  /** Orders of which a later version was read. */
  readonly outdated: number;
  /** It read as many as it may at once, or was stopped: the next comparison goes on there. */
  readonly more: boolean;
}

type UpdatedPage = z.output<typeof ORDERS_UPDATED.data>;

/**
 * Finds orders whose webhooks never came: reads what changed in each shop, and what the hub has not heard of is read from
 * Shopify and taken like a webhook. Needs no event to be right. What changed a moment ago is left to its webhook.
 */
@Injectable()
export class ShopifyMissedOrders implements OnModuleDestroy {
  private readonly log = new Logger(ShopifyMissedOrders.name);
  private readonly holder = randomUUID();
  private readonly read = new LRUCache<string, true>({ max: READ_REMEMBERED_MAX });
  private readonly startedAt = Date.now();
  private stopped = false;
  private readonly nextAt = new Map<string, number>();

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly catalog: Catalog,
    private readonly intake: Intake,
    private readonly received: ReceivedOrders,
    private readonly cursors: CursorStore,
    private readonly client: ShopifyClient,
  ) {}

  onModuleDestroy(): void {
    this.stopped = true;
  }

  /** Compares the shops whose time it is. One that cannot be read holds up no other. */
  async sweep(): Promise<void> {
    for (const account of await this.catalog.accountsOfKind(SHOPIFY)) {
      if (!account.active) continue;
      try {
        if (!this.isTime(account)) continue;
        const found = await this.compareAlone(account);
        if (found?.more === true) this.nextAt.set(account.id, 0);
      } catch (error) {
        this.log.warn(`${account.id}: its orders cannot be compared now: ${textOf(error)}`);
      }
    }
  }

  private isTime(account: ChannelAccount): boolean {
    const { compareIntervalMs } = shopifySettings(account);
    const due = this.nextAt.get(account.id) ?? this.startedAt + Math.min(compareIntervalMs, FIRST_AFTER_MS_MAX);
    if (Date.now() < due) return false;
    this.nextAt.set(account.id, Date.now() + compareIntervalMs);
    return true;
  }

  /** One process at a time compares a shop; undefined while another does. */
  async compareAlone(account: ChannelAccount): Promise<MissedOrders | undefined> {
    const lease = await Lease.take(this.pool, `shopify-orders/${account.id}`, this.holder);
    if (lease === undefined) return undefined;
    try {
      const found = await this.compare(account);
      const { missing, outdated, lookedAt } = found;
      if (missing + outdated > 0)
        this.log.warn(
          `${account.id}: of ${lookedAt} orders that changed, ${missing} had never come and ${outdated} not in their latest version: they were read`,
        );
      return found;
    } finally {
      await lease.release();
    }
  }

  private async compare(account: ChannelAccount): Promise<MissedOrders> {
    const { compareGraceMs, compareLookbackMs } = shopifySettings(account);
    const stored = await this.cursors.get(cursorName(account));
    const since = stored ?? new Date(Date.now() - compareLookbackMs).toISOString();
    const until = new Date(Date.now() - compareGraceMs).toISOString();
    const query = `updated_at:>='${earlier(since, OVERLAP_MS)}' updated_at:<='${until}'`;
    let found: MissedOrders = { lookedAt: 0, missing: 0, outdated: 0, more: false };
    let after: string | null = null;
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const page: UpdatedPage = await this.client.run(account, ORDERS_UPDATED, { query, after });
      const { nodes, pageInfo } = page.orders;
      const taken = await this.take(account, nodes, READS_MAX - found.missing - found.outdated);
      // The list is sorted by the time of the change: what lies before the last one is done.
      const last = taken.stoppedAt ?? (pageInfo.hasNextPage ? nodes.at(-1)?.updatedAt : undefined);
      const done = last === undefined ? until : parseInstant(last);
      await this.cursors.set(cursorName(account), done > since ? done : since);
      found = sum(found, taken);
      if (taken.stoppedAt !== undefined || !pageInfo.hasNextPage) break;
      after = pageInfo.endCursor ?? null;
    }
    return found;
  }

  private async take(
    account: ChannelAccount,
    nodes: readonly WireUpdatedOrder[],
    readsMax: number,
  ): Promise<Omit<MissedOrders, 'more'> & { readonly stoppedAt?: string }> {
    const known = await this.received.latest(
      account.id,
      nodes.map(({ id }) => fromGid(id)),
    );
    const counts = { lookedAt: 0, missing: 0, outdated: 0 };
    for (const { id: gid, updatedAt } of nodes) {
      if (this.stopped || counts.missing + counts.outdated >= readsMax) return { ...counts, stoppedAt: updatedAt };
      counts.lookedAt += 1;
      const id = fromGid(gid);
      const heard = known.get(id);
      if (isHeard(heard, parseInstant(updatedAt)) || !(await this.fetch(account, id, updatedAt))) continue;
      if (heard === undefined) counts.missing += 1;
      else counts.outdated += 1;
    }
    return counts;
  }

  /** False: it is not there any more, or was read before. */
  private async fetch(account: ChannelAccount, id: string, updatedAt: string): Promise<boolean> {
    const messageId = `read:${id}@${updatedAt}`;
    const key = `${account.id}/${messageId}`;
    if (this.read.has(key)) return false;
    const body = await this.client.readOrder(account, id);
    if (body !== undefined) await this.intake.receive({ account, topic: READ_TOPIC, messageId, body });
    this.read.set(key, true);
    return body !== undefined;
  }
}

/** The body is that of this webhook. */
const READ_TOPIC = 'orders/updated';

function cursorName({ id }: ChannelAccount): string {
  return `shopify-orders:${id}`;
}

/** The hub's versions count what happened within one second as milliseconds: Shopify's have none. */
function isHeard(heard: Instant | undefined, updatedAt: Instant): boolean {
  return heard !== undefined && heard.slice(0, 19) >= updatedAt.slice(0, 19);
}

function earlier(instant: Instant, ms: number): Instant {
  return new Date(Date.parse(instant) - ms).toISOString();
}

function sum(a: MissedOrders, b: Omit<MissedOrders, 'more'> & { readonly stoppedAt?: string }): MissedOrders {
  return {
    lookedAt: a.lookedAt + b.lookedAt,
    missing: a.missing + b.missing,
    outdated: a.outdated + b.outdated,
    more: b.stoppedAt !== undefined,
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
