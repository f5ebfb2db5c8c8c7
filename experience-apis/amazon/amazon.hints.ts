import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Catalog } from '../../process-apis/catalog/index.js';
import { AmazonOrderReader } from './amazon.order-reader.js';

/** Orders that wait to be read per account. More hints are dropped: the poll reads what they tell of anyway. */
const WAITING_MAX = 1_000;

/** Reads hinted orders at once, one after the other per account. Best effort: the poll is what loses nothing. */
@Injectable()
export class AmazonHints implements OnApplicationShutdown {
  private readonly log = new Logger(AmazonHints.name);
  private readonly waiting = new Map<string, Set<string>>();
  private readonly running = new Map<string, Promise<void>>();
  private stopped = false;

  constructor(
    private readonly catalog: Catalog,
    private readonly reader: AmazonOrderReader,
  ) {}

  wake(accountId: string, orderId: string): void {
    const waiting = this.waiting.get(accountId) ?? new Set();
    this.waiting.set(accountId, waiting);
    if (this.stopped || waiting.size >= WAITING_MAX) return;
    waiting.add(orderId);
    if (this.running.has(accountId)) return;
    this.running.set(accountId, this.drain(accountId, waiting));
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running.values());
  }

  private async drain(accountId: string, waiting: Set<string>): Promise<void> {
    try {
      // The loop also visits hints that come while it runs.
      for (const orderId of waiting) {
        waiting.delete(orderId);
        if (!this.stopped) await this.read(accountId, orderId);
      }
    } catch (error) {
      // Amazon is throttling or away: the other hints would fare the same, and the poll reads all of these orders.
      waiting.clear();
      this.log.debug(`hints of ${accountId} are left to the poll: ${error instanceof Error ? error.message : 'error'}`);
    } finally {
      // In the same turn as the loop's end: a hint that comes later starts a run of its own.
      this.running.delete(accountId);
    }
  }

  private async read(accountId: string, orderId: string): Promise<void> {
    const account = await this.catalog.account(accountId);
    if (account?.active) await this.reader.read(account, orderId);
  }
}
