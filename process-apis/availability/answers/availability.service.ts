import type { ClientBase, Pool } from 'pg';
import type { Instant } from '../../../src/model/time.js';
import { GroupCommit } from '../../../src/platform/commit/index.js';
import type { ProblemDetail } from '../../../src/platform/http/problem.js';
import { checkItem, endOfDay } from './check-item.js';
import {
  CHECK_ITEMS_MAX,
  UnknownInRequestError,
  type CheckAnswer,
  type CheckItem,
  type CheckRequest,
} from './check.types.js';
import { capacityDays } from '../book/node-day.js';
import {
  lookUp,
  skusOf,
  type ListingKey,
  type Selling,
  type SellingCatalog,
  type SellingPolicies,
  type SellingTerms,
  type Wanted,
} from './selling-lookup.js';
import { SellingScene, type SellingFacts } from './selling-scene.js';
import { readPastSellingStock, readSellingStock, type WantedStock } from './selling-stock.sql.js';

/** Reads of stock: questions in one statement, statements under way, questions that may wait. */
const READS = { batchMax: 32, inFlightMax: 2, queueMax: 5_000 } as const;

/** What a listing may show now. */
export interface ListingQuantity extends ListingKey {
  /** Listing units. */
  readonly quantity: number;
  /** When it may be another one though no stock moves. */
  readonly reviewAt?: Instant;
}

/** What is asked for, and until when what is announced counts too. */
export type WantedUntil = Wanted & { readonly until?: Instant };

export type SellingAnswers = SellingFacts & Pick<SellingTerms, 'find'>;

type Db = Pick<ClientBase, 'query'>;

/**
 * Answers "may it be sold?" from the hub's own stock: nothing outside is asked. Concurrent questions share their reads;
 * when more wait than may, CommitQueueFullError.
 */
export class Availability {
  private readonly reads: GroupCommit<readonly WantedUntil[], SellingAnswers>;

  constructor(
    private readonly pool: Pool,
    private readonly catalog: SellingCatalog,
    private readonly policies: SellingPolicies,
  ) {
    // What the others ask for is read too; each looks at its own.
    this.reads = new GroupCommit(async (batch) => {
      const answers = await this.read(this.pool, batch.flat());
      return batch.map(() => answers);
    }, READS);
  }

  /** What each listing may show now, in a number of statements that does not depend on how many. Unknown ones are absent. */
  async ofListings(db: Db, keys: readonly ListingKey[]): Promise<readonly ListingQuantity[]> {
    if (keys.length === 0) return [];
    const answers = await this.read(db, keys);
    const scenes = new Map<string, SellingScene>();
    return keys.flatMap(({ channel, listingSku }) => {
      const selling = answers.find({ channel, listingSku });
      if (selling === undefined) return [];
      const scene = scenes.get(channel) ?? new SellingScene(answers, { channel });
      scenes.set(channel, scene);
      const reviewAt = scene.reviewOf(selling);
      const quantity = scene.unitsNow(selling);
      return [{ channel, listingSku, quantity, ...(reviewAt === undefined ? {} : { reviewAt }) }];
    });
  }

  /** Throws UnknownInRequestError for a channel, item, listing or node that there is not. */
  async check(request: CheckRequest): Promise<CheckAnswer> {
    const { channel, items, explain, asOf } = request;
    if (items.length > CHECK_ITEMS_MAX) throw new RangeError(`at most ${CHECK_ITEMS_MAX} items at once`);
    const wanted = items.map((item) => wantedOf(channel, item));
    const [account, answers] = await Promise.all([
      this.catalog.account(channel),
      asOf === undefined ? this.reads.submit(wanted) : this.readAsOf(wanted, asOf),
    ]);
    const selling = wanted.map((each) => answers.find(each));
    const errors = items.flatMap((item, index) =>
      selling[index] === undefined || item.node !== undefined
        ? unknownIn(item, index, selling[index], answers, request)
        : [],
    );
    if (account === undefined) errors.unshift(unknownChannel(channel));
    if (errors.length > 0) throw new UnknownInRequestError(errors);
    const scenes = new Map<string, SellingScene>();
    const checked = items.flatMap((item, index) => {
      const found = selling[index];
      if (found === undefined) return [];
      const at = item.node ?? '';
      const scene = scenes.get(at) ?? new SellingScene(answers, { ...request, ...(at === '' ? {} : { node: at }) });
      scenes.set(at, scene);
      return [checkItem(item, found, scene, explain ? answers.stock : undefined)];
    });
    return { channel, asOf: answers.now, items: checked };
  }

  /** … as the ledger has the stock until the instant. What the catalog, rules and policies say is of now. */
  private async readAsOf(wanted: readonly Wanted[], asOf: Instant): Promise<SellingAnswers> {
    const terms = await lookUp(this.pool, this.catalog, this.policies, wanted);
    const skus = [...new Set(wanted.flatMap((each) => skusOf(terms.find(each))))];
    const stock = await readPastSellingStock(this.pool, skus, capacityDays(terms.nodes, asOf), asOf);
    return { now: asOf, ...terms, ...stock };
  }

  /** Everything that answers about these look at, as it is now. For questions that `check` does not answer. */
  async read(db: Db, wanted: readonly WantedUntil[]): Promise<SellingAnswers> {
    const terms = await lookUp(db, this.catalog, this.policies, wanted);
    const now = new Date().toISOString();
    const stock = await readSellingStock(db, stockWanted(wanted, terms, now), capacityDays(terms.nodes, now));
    return { now, ...terms, ...stock };
  }
}

/** The items behind what was asked for; of those that are looked at on a later date, with their arrivals until then. */
function stockWanted(
  wanted: readonly WantedUntil[],
  { find, items }: SellingTerms,
  now: Instant,
): readonly WantedStock[] {
  const untils = new Map<string, Instant>();
  for (const each of wanted) {
    const skus = skusOf(find(each));
    let until = each.until ?? '';
    for (const sku of skus) {
      const releaseAt = items.get(sku)?.releaseAt ?? '';
      if (releaseAt > now && releaseAt > until) until = releaseAt;
    }
    for (const sku of skus) if ((untils.get(sku) ?? '') <= until) untils.set(sku, until);
  }
  return [...untils].map(([sku, until]) => (until === '' ? { sku } : { sku, arrivalsUntil: until }));
}

function wantedOf(channel: string, { sku, listingSku = '', date }: CheckItem): WantedUntil {
  const until = date === undefined ? {} : { until: endOfDay(date) };
  return sku === undefined ? { channel, listingSku, ...until } : { sku, ...until };
}

function unknownIn(
  { sku, listingSku, node }: CheckItem,
  index: number,
  selling: Selling | undefined,
  { nodes }: SellingAnswers,
  { channel }: CheckRequest,
): readonly ProblemDetail[] {
  const errors: ProblemDetail[] = [];
  if (selling === undefined && sku !== undefined)
    errors.push({ pointer: `/items/${index}/sku`, detail: `There is no item "${sku}".` });
  if (selling === undefined && sku === undefined)
    errors.push({
      pointer: `/items/${index}/listingSku`,
      detail: `The channel "${channel}" has no listing "${listingSku}" that is mapped to an item.`,
    });
  if (node !== undefined && !nodes.some(({ id }) => id === node))
    errors.push({ pointer: `/items/${index}/node`, detail: `There is no node "${node}".` });
  return errors;
}

function unknownChannel(channel: string): ProblemDetail {
  return { pointer: '/channel', detail: `There is no active channel account "${channel}".` };
}
