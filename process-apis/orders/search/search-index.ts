import type { Pool, PoolClient } from 'pg';
import type { OrderParties } from '../../../src/model/channel-order.js';
import type { Order } from '../../../src/model/order.js';
import type { Instant } from '../../../src/model/time.js';
import type { BlindIndex } from '../../../src/platform/crypto/blind-index.js';
import { CipherError, type FieldCipher } from '../../../src/platform/crypto/field-cipher.js';
import { SqlCursorStore } from '../../../src/platform/db/sql-cursor-store.js';
import {
  asConsumer,
  consumeLog,
  encodeCursor,
  readLogEnd,
  type LoggedEvent,
} from '../../../src/platform/event-log/index.js';
import { EXCEPTION_STREAM, findOrdersOfExceptions, readStandingOfOrders } from '../../exceptions/index.js';
import { readCrossReferences, readSealedParties } from '../order-reader.sql.js';
import {
  moveCursor,
  readChangedOrders,
  readOrderPage,
  writeEmails,
  writeListed,
  writeTerms,
  type OrderEmail,
} from './search-index.sql.js';
import { emailText, searchTerms } from './search-terms.js';

const NAME = 'search';
/** How far the walk over all orders is: the last id, or DONE. */
const WALK = 'search/walk';
/** The key of the addresses' hashes. */
const KEY = 'search/key';
const DONE = 'done';
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Events taken in one transaction. */
const EVENTS_PAGE = 1_000;
/** Orders that the walk takes in one transaction. */
const ORDERS_PAGE = 500;

/** Of which the purpose of the blind index is made: another one would find nothing that is stored. */
export const EMAIL_PURPOSE = 'order-email';

interface ReadOrder {
  readonly state: Order;
  readonly updatedAt: Instant;
}

/**
 * Keeps what orders are found, narrowed and sorted by: a durable reader of the event log, behind the commit. It writes what
 * the orders are when it looks, so that repetition changes nothing. At first, and when the addresses' key was replaced, it
 * walks over all orders; the log is followed meanwhile. One process at a time.
 */
export class SearchIndex {
  private readonly emails: BlindIndex;
  private prepared = false;

  /** @param tell hears, in a sentence, of orders whose buyer's address cannot be read. */
  constructor(
    private readonly pool: Pool,
    private readonly cipher: FieldCipher,
    private readonly tell: (sentence: string) => void,
  ) {
    this.emails = cipher.blindIndex(EMAIL_PURPOSE);
  }

  /** Takes what happened since, then a page of all orders where those are walked over. Gives true when there is more. */
  async sweep(): Promise<boolean> {
    this.prepared ||= (await this.prepare()) === true;
    if (!this.prepared) return false;
    const key = await new SqlCursorStore(this.pool).get(KEY);
    // Without one, all is to be made again.
    if (key === undefined) this.prepared = false;
    // A process was started since with a new key: what it writes anew must not be written back under the old one.
    if (key !== this.emails.keyId) return false;
    const more = await consumeLog(this.pool, NAME, EVENTS_PAGE, (tx, events) => this.take(tx, events));
    return (await this.walk()) || more;
  }

  /** Not beside the reader of the log: an older state would be written over a newer one. */
  private async walk(): Promise<boolean> {
    const more = await asConsumer(this.pool, NAME, async (tx) => {
      const cursors = new SqlCursorStore(tx);
      const after = await cursors.get(WALK);
      // The key as it is behind the lock: the walk of a new one is left to those who have it.
      if (after === undefined || after === DONE || (await cursors.get(KEY)) !== this.emails.keyId) return false;
      const orders = await readOrderPage(tx, after, ORDERS_PAGE);
      await this.write(tx, orders);
      const last = orders.at(-1);
      await moveCursor(tx, WALK, after, last === undefined || orders.length < ORDERS_PAGE ? DONE : last.state.id);
      return orders.length === ORDERS_PAGE ? true : 'LAST';
    });
    // Without statistics the plans for tables that were just filled are poor ones.
    if (more === 'LAST') await this.pool.query('analyze listed_order, search_term, search_email');
    return more === true;
  }

  /** Makes all of it again, from the orders as they are. */
  async rebuild(): Promise<void> {
    await new SqlCursorStore(this.pool).set(WALK, FIRST_ID);
  }

  /** Where the log is followed from must be known before the walk begins. Undefined when another process is at it. */
  private prepare(): Promise<true | undefined> {
    return asConsumer(this.pool, NAME, async (tx) => {
      const cursors = new SqlCursorStore(tx);
      const [place, key] = [await cursors.get(NAME), await cursors.get(KEY)];
      if (place === undefined) await cursors.set(NAME, encodeCursor(await readLogEnd(tx)));
      if (place === undefined || key !== this.emails.keyId) {
        await cursors.set(WALK, FIRST_ID);
        await cursors.set(KEY, this.emails.keyId);
      }
      return true as const;
    });
  }

  private async take(tx: PoolClient, events: readonly LoggedEvent[]): Promise<void> {
    const ids = new Set(events.flatMap(({ streamType, streamId }) => (streamType === 'order' ? streamId : [])));
    const exceptions = events.flatMap(({ streamType, streamId }) => (streamType === EXCEPTION_STREAM ? streamId : []));
    for (const id of await findOrdersOfExceptions(tx, exceptions)) ids.add(id);
    if (ids.size > 0) await this.write(tx, await readChangedOrders(tx, [...ids]));
  }

  private async write(tx: PoolClient, orders: readonly ReadOrder[]): Promise<void> {
    if (orders.length === 0) return;
    const sorted = orders.toSorted((a, b) => (a.state.id < b.state.id ? -1 : 1));
    const ids = sorted.map(({ state }) => state.id);
    const standing = await readStandingOfOrders(tx, ids);
    const references = Map.groupBy(await readCrossReferences(tx, ids), ({ orderId }) => orderId);
    await writeListed(
      tx,
      sorted.map(({ state: order, updatedAt }) => ({ order, updatedAt, exceptions: standing.get(order.id) ?? [] })),
    );
    await writeTerms(
      tx,
      sorted.map(({ state: order }) => ({
        orderId: order.id,
        channel: order.channel,
        terms: searchTerms(order, references.get(order.id) ?? []),
      })),
    );
    await this.writeEmails(tx, sorted);
  }

  /** Of orders whose address cannot be read what is stored stays: a key that is not in the ring may come back. */
  private async writeEmails(tx: PoolClient, orders: readonly ReadOrder[]): Promise<void> {
    const sealed = new Map(
      (
        await readSealedParties(
          tx,
          orders.map(({ state }) => state.id),
        )
      ).map((row) => [row.orderId, row.sealed]),
    );
    const [ids, emails]: [string[], OrderEmail[]] = [[], []];
    for (const { state } of orders) {
      const parties = sealed.get(state.id);
      const email = parties === undefined ? '' : this.emailIn(parties, state.id);
      if (email === undefined) continue;
      ids.push(state.id);
      if (email !== '') emails.push({ orderId: state.id, channel: state.channel, digest: this.emails.digest(email) });
    }
    await writeEmails(tx, ids, emails);
  }

  /** Empty when there is none; undefined when it cannot be read: that must not end the search for all other orders. */
  private emailIn(sealed: Buffer, orderId: string): string | undefined {
    try {
      const clear = this.cipher.open(sealed, `order:${orderId}`).toString('utf8');
      // Sealed by the hub itself from this type, and authenticated by the cipher.
      return emailText((JSON.parse(clear) as OrderParties).buyer?.email ?? '');
    } catch (error) {
      if (!(error instanceof CipherError)) throw error;
      this.tell(`The buyer's address of order ${orderId} is not made searchable: ${error.message}`);
      return undefined;
    }
  }
}
