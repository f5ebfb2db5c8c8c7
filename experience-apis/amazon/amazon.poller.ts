import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Catalog } from '../../process-apis/catalog/index.js';
import { CursorStore } from '../../src/platform/db/cursor-store.js';
import { AmazonAccountPoll } from './amazon.account-poll.js';
import { AmazonClients } from './amazon.clients.js';
import { AmazonHints } from './amazon.hints.js';
import { AmazonOrderReader } from './amazon.order-reader.js';
import { AMAZON } from './amazon.settings.js';

/** How often the catalog is asked for accounts that came or were switched on. */
const ACCOUNTS_INTERVAL_MS = 30_000;

/** The background reader of all Amazon accounts. Level-triggered: it acts on the stored cursor, never on a payload. */
@Injectable()
export class AmazonPoller implements OnModuleDestroy {
  private readonly log = new Logger(AmazonPoller.name);
  private readonly polls = new Map<string, { readonly poll: AmazonAccountPoll; readonly done: Promise<void> }>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly catalog: Catalog,
    private readonly cursors: CursorStore,
    private readonly clients: AmazonClients,
    private readonly reader: AmazonOrderReader,
    private readonly hints: AmazonHints,
  ) {}

  /** Begins to read. Called once, in processes with the worker role. */
  async start(): Promise<void> {
    if (this.timer !== undefined || this.stopped) return;
    this.timer = setInterval(() => void this.followAccounts(), ACCOUNTS_INTERVAL_MS);
    await this.followAccounts();
  }

  /** An order changed: it is read at once, in whichever process hears of it. */
  wake(accountId: string, orderId: string): void {
    this.hints.wake(accountId, orderId);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    for (const { poll } of this.polls.values()) poll.stop();
    await Promise.all([...this.polls.values()].map(({ done }) => done));
  }

  private async followAccounts(): Promise<void> {
    try {
      for (const account of await this.catalog.accountsOfKind(AMAZON))
        if (account.active && !this.stopped && !this.polls.has(account.id)) this.follow(account.id);
    } catch (error) {
      this.log.warn(`the Amazon accounts cannot be read: ${error instanceof Error ? error.message : 'unknown error'}`);
    }
  }

  private follow(accountId: string): void {
    const poll = new AmazonAccountPoll(accountId, this.catalog, this.cursors, this.clients, this.reader);
    const done = poll.run().finally(() => this.polls.delete(accountId));
    this.polls.set(accountId, { poll, done });
  }
}
