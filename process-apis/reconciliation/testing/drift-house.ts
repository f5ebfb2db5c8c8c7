import type pg from 'pg';
import type { NodeStock, StockPage } from '../../../system-apis/wms/wms.port.js';
import { startWmsSandbox, type WmsSandbox } from '../../../system-apis/wms/rest/sandbox/wms-sandbox.js';
import { SECRET, SpecSecrets, TOKEN } from '../../../system-apis/wms/rest/testing/spec-support.js';
import { WmsRestAdapter } from '../../../system-apis/wms/rest/wms-rest.adapter.js';
import { WmsRestClient } from '../../../system-apis/wms/rest/wms-rest.client.js';
import { WmsRestSettings } from '../../../system-apis/wms/rest/wms-rest.settings.js';
import type { StockFact } from '../../../src/model/stock.js';
import { createTestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { StockFeeds, StockIntake, type StockOutcome } from '../../availability/index.js';
import { SqlCatalog } from '../../catalog/index.js';
import { DriftHistory } from '../drift-history.js';
import { DEFAULT_DRIFT_POLICY } from '../drift-policy.js';
import type { Drift, DriftRun, DriftSubject } from '../drift.types.js';
import { Reconciliation, type ReconciliationParts } from '../reconciliation.service.js';

export const NODE = 'N1';
const SETTLE_MS = 20;

/** A retailer with a warehouse that tells the hub nothing by itself: what the hub knows, the test tells. */
export class DriftHouse {
  readonly catalog: SqlCatalog;
  readonly intake: StockIntake;
  readonly feeds: StockFeeds;
  readonly history: DriftHistory;
  readonly failures: string[] = [];
  readonly toldAgain: string[] = [];
  /** What the ERP has in its books, by SKU. */
  readonly books = new Map<string, number>();
  /** Runs after each page that the warehouse gives. */
  afterPage: () => Promise<void> = () => Promise.resolve();
  private facts = 0;

  private constructor(
    readonly pool: pg.Pool,
    readonly sandbox: WmsSandbox,
    private readonly adapter: WmsRestAdapter,
    readonly close: () => Promise<void>,
  ) {
    this.catalog = new SqlCatalog(pool, () => undefined);
    this.intake = new StockIntake(pool, () => undefined);
    this.feeds = new StockFeeds(pool);
    this.history = new DriftHistory(pool);
  }

  static async open(skus: readonly string[]): Promise<DriftHouse> {
    const database = await createTestDatabase();
    const pool = openTestPool(database.url, 8);
    const sandbox = await startWmsSandbox({
      token: TOKEN,
      webhookSecret: SECRET,
      nodes: [NODE],
      positionsPerPage: 2,
    });
    const client = new WmsRestClient(
      WmsRestSettings.parse({ url: `${sandbox.url}/`, tokenSecret: 'T', webhookSecrets: ['W'], timeoutMs: 2_000 }),
      new SpecSecrets({ T: TOKEN }),
    );
    const house = new DriftHouse(pool, sandbox, new WmsRestAdapter(client), async () => {
      await client.onApplicationShutdown();
      await sandbox.close();
      await pool.end();
      await database.drop();
    });
    await house.catalog.saveNodes([{ id: NODE, name: NODE }]);
    await house.catalog.saveItems(skus.map((sku) => ({ sku, title: sku })));
    return house;
  }

  /** A hub process. */
  reconciliation(changed: Partial<ReconciliationParts> = {}): Reconciliation {
    return new Reconciliation({
      pool: this.pool,
      wms: { system: 'wms', readStock: (node, next) => this.readWarehouse(node, next) },
      erp: {
        system: 'erp',
        readStock: (items) =>
          Promise.resolve(
            items.flatMap(({ sku }) => {
              const onHand = this.books.get(sku);
              const asOf = new Date().toISOString();
              return onHand === undefined ? [] : [{ sku, node: NODE, onHand, qualityHold: 0, unit: 'PC', asOf }];
            }),
          ),
      },
      catalog: this.catalog,
      stock: this.intake,
      feeds: this.feeds,
      publishing: {
        tellAgain: (_, listingSkus) => {
          const told = listingSkus === 'ALL' ? ['ALL'] : listingSkus;
          this.toldAgain.push(...told);
          return Promise.resolve(told.length);
        },
      },
      policy: { ...DEFAULT_DRIFT_POLICY, healUnitsMax: 10 },
      committed: () => undefined,
      onFailure: (sentence) => this.failures.push(sentence),
      settleMs: SETTLE_MS,
      gapGraceMs: SETTLE_MS,
      firstLookMs: 0,
      ...changed,
    });
  }

  private async readWarehouse(node: string, next?: string): Promise<StockPage> {
    const page = await this.adapter.readStock(node, next);
    await this.afterPage();
    return { ...page, positions: page.positions.map((position) => this.asTold(position)) };
  }

  /** How the warehouse tells a position; as its API gave it where nothing else is said. */
  asTold: (position: NodeStock) => NodeStock = (position) => position;

  /** Compares now, and gives the run that ended with what it found: `<key> <ours>/<theirs> <explanation> <healing>`. */
  async compare(
    subject: DriftSubject = { system: 'WMS', subject: NODE },
    by = this.reconciliation(),
  ): Promise<{ readonly run: DriftRun; readonly found: readonly string[]; readonly drifts: readonly Drift[] }> {
    const { id } = await by.demand(subject);
    await by.settled();
    const run = await this.history.run(id);
    if (run === undefined) throw new Error(`there is no run ${id}`);
    const drifts = await this.history.drifts(id, '', 500);
    return {
      run,
      drifts,
      found: drifts.map(
        ({ key, ours, theirs, explanation, healing }) => `${key} ${ours}/${theirs} ${explanation} ${healing}`,
      ),
    };
  }

  /** The hub is told something of the item, by the warehouse unless said otherwise. */
  async tell(
    sku: string,
    given: Partial<StockFact> & Pick<StockFact, 'kind'> & { readonly quantity: number },
  ): Promise<StockOutcome | undefined> {
    this.facts += 1;
    const fact = {
      id: `wms/told-${this.facts}`,
      source: 'wms',
      sku,
      node: NODE,
      occurredAt: new Date().toISOString(),
      ...given,
    } as StockFact;
    const [outcome] = await this.intake.receive([fact]);
    return outcome;
  }

  /** Both the warehouse and the hub have so many. */
  async stock(sku: string, quantity: number): Promise<void> {
    this.sandbox.receiveStock({ sku, node: NODE, quantity });
    await this.tell(sku, { kind: 'RECEIVED', quantity });
  }

  /** Goods appear in the warehouse, and nobody tells. */
  appear(sku: string, quantity: number): void {
    this.sandbox.tellStock({ type: 'stock.adjusted', sku, node: NODE, quantity, reason: 'FOUND' });
  }

  async onHand(sku: string): Promise<number | undefined> {
    const { rows } = await this.pool.query<{ units: number }>(
      'select on_hand as units from position where sku = $1 and node = $2',
      [sku, NODE],
    );
    return rows[0]?.units;
  }

  /** What people were told of, oldest first: `<system> <key> <ours>/<theirs>`. */
  async exceptions(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ line: string }>(
      `select concat(data->>'system', ' ', data->>'key', ' ', data->>'ours', '/', data->>'theirs') as line
       from event_log where stream_type = 'drift' and type = 'DriftExceeded' order by id`,
    );
    return rows.map(({ line }) => line);
  }
}
