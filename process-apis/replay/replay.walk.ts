import type { Pool } from 'pg';
import type { StockFact } from '../../src/model/stock.js';
import { findToldFacts, type FoundFact } from '../../src/platform/commit/index.js';
import type { TaskQueue, DeadLetter } from '../../src/platform/jobs/index.js';
import { findMessages, KEPT_FACT, type StoredMessage, type StoredMessages } from '../intake/index.js';
import { factOf, type FactOutcome, type OrderFact, type OrderReader } from '../orders/index.js';
import type { Order } from '../../src/model/order.js';
import type { ReplayRun, ReplaySelection } from './replay.types.js';

/** Something to run again. */
export type ReplayItem =
  | { readonly kind: 'MESSAGE'; readonly message: StoredMessage }
  | { readonly kind: 'FACT'; readonly id: string; readonly fact: OrderFact }
  | { readonly kind: 'TASK'; readonly letter: DeadLetter }
  | { readonly kind: 'REBUILD'; readonly order: Order };

/** A page of what a run looks at: undefined where one was looked at and does not fit the selection. */
interface Page {
  readonly items: readonly { readonly item: ReplayItem | undefined; readonly position: string }[];
  /** Nothing of this stage lies behind. */
  readonly last: boolean;
}

interface Stage {
  readonly name: string;
  readonly page: (after: string | undefined, limit: number) => Promise<Page>;
}

export interface WalkParts {
  readonly pool: Pool;
  readonly messages: StoredMessages;
  readonly reader: Pick<OrderReader, 'byIds' | 'byReference'>;
  readonly tasks: Pick<TaskQueue, 'deadLetters' | 'backlog'>;
}

/** A part of a walk, and where it ended. */
export interface Step {
  readonly items: readonly ReplayItem[];
  readonly lookedAt: number;
  /** Undefined: the walk is over. */
  readonly cursor: string | undefined;
}

const OPEN = ['REFUSED', 'PARKED'] as const;

/**
 * Goes through what a selection names, stage by stage, in an order that stays: from a stored cursor it goes on where it was.
 */
export class ReplayWalk {
  constructor(
    private readonly parts: WalkParts,
    private readonly run: ReplayRun,
  ) {}

  async step(cursor: string | undefined, limit: number): Promise<Step> {
    const stages = await this.stages();
    const at = cursor?.indexOf('|') ?? -1;
    const name = cursor?.slice(0, at);
    const index = name === undefined ? 0 : stages.findIndex((candidate) => candidate.name === name);
    const stage = stages[index];
    if (stage === undefined) return { items: [], lookedAt: 0, cursor: undefined };
    const position = cursor?.slice(at + 1) ?? '';
    const { items, last } = await stage.page(position === '' ? undefined : position, limit);
    const found = items.flatMap(({ item }) => item ?? []);
    return { items: found, lookedAt: items.length, cursor: nextCursor(stages, index, items.at(-1)?.position, last) };
  }

  private async stages(): Promise<readonly Stage[]> {
    const { kind, selection } = this.run;
    switch (kind) {
      case 'ORDER':
        return this.orderStages(await this.orderOf(selection));
      case 'MESSAGES':
        return [{ name: 'message', page: (after, limit) => this.messages(after, limit) }];
      case 'FACTS':
        return [
          { name: 'fact', page: (after, limit) => this.facts(after, limit) },
          { name: 'kept', page: (after, limit) => this.keptFacts(after, limit) },
        ];
      case 'DEAD_LETTERS':
        return [{ name: 'task', page: (after, limit) => this.deadLetters(after, limit) }];
    }
  }

  private async orderOf({ orderId, channel = '', reference = '' }: ReplaySelection): Promise<Order | undefined> {
    if (orderId === undefined) return this.parts.reader.byReference(channel, reference);
    return (await this.parts.reader.byIds([orderId])).get(orderId);
  }

  private orderStages(order: Order | undefined): readonly Stage[] {
    const { pool } = this.parts;
    const { channel = '', reference = '' } = order ?? this.run.selection;
    const subjects = [
      `${channel}/${reference}`,
      ...(order === undefined ? [] : [`order/${order.id}`]),
      ...(order?.fulfillmentOrders ?? []).map(({ id }) => `fulfillment-order/${id}`),
    ];
    const message: Stage = {
      name: 'message',
      page: async (after, limit) => {
        const found = await findMessages(pool, { statuses: OPEN, subjects }, after, limit);
        return pageOf(
          found,
          limit,
          ({ id }) => id,
          (each) => ({ kind: 'MESSAGE', message: each }),
        );
      },
    };
    if (order === undefined) return [message];
    const rebuild: Stage = {
      name: 'rebuild',
      page: async () => ({ items: [{ item: { kind: 'REBUILD', order }, position: order.id }], last: true }),
    };
    return [
      message,
      {
        name: 'fact',
        page: async (after, limit) => {
          const filter = { result: 'REJECTED', subjectId: order.id };
          const found = await findToldFacts<FactOutcome>(pool, filter, after, limit);
          return pageOf(found, limit, ({ position }) => position, toFactItem);
        },
      },
      { name: 'task', page: (after, limit) => this.deadLettersOf({ payload: { orderId: order.id } }, after, limit) },
      rebuild,
    ];
  }

  private async messages(after: string | undefined, limit: number): Promise<Page> {
    const { channel, type, from, to } = this.run.selection;
    const filter = {
      statuses: ['COMMITTED', 'IGNORED', ...OPEN] as const,
      ...(channel === undefined ? {} : { source: channel }),
      ...range(from, to),
    };
    const found = await findMessages(this.parts.pool, filter, after, limit);
    const fits = type === undefined ? undefined : await this.fitting(found, async (each) => this.isOfType(each, type));
    return pageOf(
      found,
      limit,
      ({ id }) => id,
      (message) => (fits === undefined || fits.has(message.id) ? { kind: 'MESSAGE', message } : undefined),
    );
  }

  private async isOfType(message: StoredMessage, type: string): Promise<boolean> {
    if (message.topic === type) return true;
    const { reading } = await this.parts.messages.read(message.id);
    return (
      reading.outcome === 'FACTS' && (hasKind(reading.facts, type) || reading.stock.some(({ kind }) => kind === type))
    );
  }

  private async facts(after: string | undefined, limit: number): Promise<Page> {
    const { type, from, to } = this.run.selection;
    const filter = { result: 'REJECTED', ...(type === undefined ? {} : { kind: type }), ...range(from, to) };
    const found = await findToldFacts<FactOutcome>(this.parts.pool, filter, after, limit);
    const orders = await this.parts.reader.byIds(found.flatMap(({ told }) => told.subjectId ?? []));
    return pageOf(
      found,
      limit,
      ({ position }) => position,
      (each) => {
        const item = toFactItem(each);
        const order = orders.get(each.told.subjectId ?? '');
        return item?.kind === 'FACT' && isWanted(this.run.selection, item.fact, order) ? item : undefined;
      },
    );
  }

  /** Facts that were not taken are kept as messages of one fact each. */
  private async keptFacts(after: string | undefined, limit: number): Promise<Page> {
    const { from, to } = this.run.selection;
    const filter = { statuses: OPEN, externalIdPrefix: KEPT_FACT, ...range(from, to) };
    const found = await findMessages(this.parts.pool, filter, after, limit);
    const fits = await this.fitting(found, (each) => this.isKeptAsWanted(each));
    return pageOf(
      found,
      limit,
      ({ id }) => id,
      (message) => (fits.has(message.id) ? { kind: 'MESSAGE', message } : undefined),
    );
  }

  private async isKeptAsWanted(message: StoredMessage): Promise<boolean> {
    const { selection } = this.run;
    const { reading } = await this.parts.messages.read(message.id);
    if (reading.outcome !== 'FACTS') return false;
    if (reading.stock.some((fact) => isWantedStock(selection, fact))) return true;
    const [fact] = reading.facts;
    if (fact === undefined || (selection.type !== undefined && fact.body.kind !== selection.type)) return false;
    return isWanted(selection, fact, await this.orderOfFact(fact));
  }

  private async orderOfFact({ address }: OrderFact): Promise<Order | undefined> {
    if (address.by === 'REFERENCE') return this.parts.reader.byReference(address.channel, address.reference);
    if (address.by === 'ID') return (await this.parts.reader.byIds([address.orderId])).get(address.orderId);
    return undefined;
  }

  private async fitting(
    found: readonly StoredMessage[],
    fits: (message: StoredMessage) => Promise<boolean>,
  ): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for (const message of found) if (await fits(message)) ids.add(message.id);
    return ids;
  }

  private async deadLetters(after: string | undefined, limit: number): Promise<Page> {
    const { type, from, to } = this.run.selection;
    const kinds = type === undefined ? undefined : await this.taskKinds(type);
    const filter = {
      ...(kinds === undefined ? {} : { kinds }),
      ...(from === undefined ? {} : { since: from }),
      ...(to === undefined ? {} : { until: to }),
    };
    return this.deadLettersOf(filter, after, limit);
  }

  /** `erp` is all of its kinds, and so is the name of the system behind them. */
  private async taskKinds(type: string): Promise<readonly string[]> {
    const known = await this.parts.tasks.backlog();
    const kinds = known.filter(
      ({ kind, target }) => kind === type || kind.startsWith(`${type}.`) || target?.system === type,
    );
    return [type, ...kinds.map(({ kind }) => kind)];
  }

  /**
   * What is enqueued again leaves the list, so a run always takes the first page; what dies again after the run began is left
   * to another run. A dry run leaves them where they are, and pages.
   */
  private async deadLettersOf(
    filter: Parameters<TaskQueue['deadLetters']>[0],
    after: string | undefined,
    limit: number,
  ): Promise<Page> {
    const { dryRun, startedAt } = this.run;
    const until = filter.until === undefined || filter.until > startedAt ? startedAt : filter.until;
    const page = dryRun && after !== undefined ? { limit, after } : { limit };
    const found = await this.parts.tasks.deadLetters({ ...filter, until }, page);
    const { items, last } = pageOf(
      found,
      limit,
      ({ id }) => id,
      (letter) => ({ kind: 'TASK', letter }),
    );
    // What cannot be enqueued stays in the list: it is not looked at for ever.
    const isStuck = !dryRun && after !== undefined && found.at(-1)?.id === after;
    return isStuck ? { items: [], last: true } : { items, last };
  }
}

function nextCursor(
  stages: readonly Stage[],
  index: number,
  position: string | undefined,
  last: boolean,
): string | undefined {
  if (!last) return `${stages[index]?.name}|${position ?? ''}`;
  const next = stages[index + 1];
  return next === undefined ? undefined : `${next.name}|`;
}

function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  position: (row: Row) => string,
  item: (row: Row) => ReplayItem | undefined,
): Page {
  return {
    items: rows.map((row) => ({ item: item(row), position: position(row) })),
    last: rows.length < limit,
  };
}

function range(from: string | undefined, to: string | undefined): { readonly from?: string; readonly to?: string } {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function toFactItem({ id, told }: FoundFact<FactOutcome>): ReplayItem | undefined {
  const fact = factOf(id, told);
  return fact === undefined ? undefined : { kind: 'FACT', id, fact };
}

function hasKind(facts: readonly OrderFact[], kind: string): boolean {
  return facts.some(({ body }) => body.kind === kind);
}

/** Of a channel: told by it, or about one of its orders. Of a node: about the node's work. */
function isWanted({ channel, node }: ReplaySelection, { source, body }: OrderFact, order: Order | undefined): boolean {
  if (channel !== undefined && source !== channel && order?.channel !== channel) return false;
  if (node === undefined) return true;
  const work = 'fulfillmentOrderId' in body ? body.fulfillmentOrderId : undefined;
  return work !== undefined && order?.fulfillmentOrders.find(({ id }) => id === work)?.node === node;
}

function isWantedStock({ channel, type, node }: ReplaySelection, fact: StockFact): boolean {
  if (channel !== undefined && fact.source !== channel) return false;
  if (type !== undefined && fact.kind !== type) return false;
  return node === undefined || fact.node === node;
}
