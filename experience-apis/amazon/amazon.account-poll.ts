import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Catalog } from '../../process-apis/catalog/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { CursorStore } from '../../src/platform/db/cursor-store.js';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { retryDelayMs } from '../../src/platform/outside/retry-delay.js';
import type { AmazonClient, OrderPage } from './amazon.client.js';
import type { AmazonClients } from './amazon.clients.js';
import {
  afterPage,
  cursorName,
  firstCursor,
  parseCursor,
  restartSearch,
  searchAfter,
  type AmazonCursor,
} from './amazon.cursor.js';
import type { AmazonOrderReader } from './amazon.order-reader.js';
import { amazonSettings } from './amazon.settings.js';

/** Pages of one round; what is left is read by the next round, from the stored token. */
const PAGES_PER_ROUND_MAX = 1_000;

/** Reads the changed orders of one account, round after round, until stopped or the account is no longer active. */
export class AmazonAccountPoll {
  private readonly log = new Logger(AmazonAccountPoll.name);
  private readonly stopping = new AbortController();

  constructor(
    private readonly accountId: string,
    private readonly catalog: Catalog,
    private readonly cursors: CursorStore,
    private readonly clients: AmazonClients,
    private readonly reader: AmazonOrderReader,
  ) {}

  /** Never throws: a failed round is logged and tried again, later each time. */
  async run(): Promise<void> {
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      let pauseMs: number;
      try {
        const account = await this.catalog.account(this.accountId);
        if (account === undefined || !account.active) return;
        await this.round(account);
        failures = 0;
        pauseMs = amazonSettings(account).pollIntervalMs;
      } catch (error) {
        failures += 1;
        pauseMs = retryDelayMs(failures, error);
        this.tell(error, pauseMs);
      }
      await this.pause(pauseMs);
    }
  }

  stop(): void {
    this.stopping.abort();
  }

  /** One search, page by page. The cursor is stored only after every order of the page is committed. */
  async round(account: ChannelAccount): Promise<void> {
    const settings = amazonSettings(account);
    const client = this.clients.of(account);
    let cursor = await this.load(settings.firstLookbackMs);
    for (let pages = 0; pages < PAGES_PER_ROUND_MAX && !this.stopping.signal.aborted; pages += 1) {
      const after = searchAfter(cursor, settings.overlapMs);
      const page = await this.page(client, cursor, after);
      if (page === 'TOKEN_REFUSED') {
        cursor = await this.store(restartSearch(cursor));
        continue;
      }
      await this.reader.keepAll(account, page.orders);
      cursor = await this.store(afterPage(cursor, after, page));
      if (cursor.search === undefined) return;
    }
  }

  private async page(client: AmazonClient, cursor: AmazonCursor, after: string): Promise<OrderPage | 'TOKEN_REFUSED'> {
    const token = cursor.search?.token;
    try {
      return await client.searchOrders({
        lastUpdatedAfter: after,
        ...(token === undefined ? {} : { paginationToken: token }),
      });
    } catch (error) {
      if (token !== undefined && error instanceof OutsideError && error.kind === 'rejected') return 'TOKEN_REFUSED';
      throw error;
    }
  }

  private async load(lookbackMs: number): Promise<AmazonCursor> {
    const stored = await this.cursors.get(cursorName(this.accountId));
    // Kept at once: an outage at the very first poll must not move where the reading begins.
    return stored === undefined ? await this.store(firstCursor(Date.now(), lookbackMs)) : parseCursor(stored);
  }

  private async store(cursor: AmazonCursor): Promise<AmazonCursor> {
    await this.cursors.set(cursorName(this.accountId), JSON.stringify(cursor));
    return cursor;
  }

  private tell(error: unknown, pauseMs: number): void {
    if (this.stopping.signal.aborted) return;
    const sentence = error instanceof Error ? error.message : String(error);
    const expected = error instanceof OutsideError && error.kind === 'throttled';
    const text = `reading the orders of ${this.accountId} goes on in ${Math.round(pauseMs / 1000)} s: ${sentence}`;
    if (expected) this.log.debug(text);
    else this.log.warn(text);
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch((error: unknown) => {
      if (!this.stopping.signal.aborted) throw error;
    });
  }
}
