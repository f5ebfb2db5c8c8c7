import { Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import {
  Availability,
  UnknownInRequestError,
  type CheckAnswer,
  type CheckItem,
} from '../../process-apis/availability/index.js';
import type { AvailabilityChanged } from '../../src/model/events.js';
import { LINE_QUANTITY_MAX } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import { missingScope } from '../../src/platform/auth/bearer.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { requireChannel } from '../../src/platform/auth/require-channel.js';
import { decodeCursor, encodeCursor, EventFeed, type LoggedEvent } from '../../src/platform/event-log/index.js';
import { visibleChannel } from './channel-sight.js';
import { pastInstant } from './finding/past.js';
import type { AskedItem } from './finding/told.resolver.js';
import { badInput } from './graphql-errors.js';
import { liveEvents, type LiveStream } from './live-events.js';
import type { OperationContext } from './operation-context.js';
import { selects } from './selected-fields.js';

/** Items and listings of one question. */
export const AVAILABILITY_ITEMS_MAX = 100;
const EXPLAIN = 'availability:explain';
const EXPLANATION = 'explanation';
const AVAILABILITY_CHANGED: AvailabilityChanged['type'] = 'AvailabilityChanged';

interface AvailabilityArguments {
  readonly channel: string;
  readonly skus?: readonly string[] | null;
  readonly listings?: readonly string[] | null;
  readonly quantity: number;
  readonly node?: string | null;
  readonly date?: string | null;
  readonly asOf?: Date | null;
}

interface AskedAnswer extends CheckAnswer {
  readonly basis: 'CURRENT' | 'REBUILT';
  readonly items: readonly AskedItem[];
}

interface AvailabilityChange {
  readonly cursor: string;
  readonly occurredAt: string;
}

@Resolver()
@Scopes('availability:read')
export class AvailabilityResolver {
  constructor(
    private readonly answers: Availability,
    private readonly feed: EventFeed,
  ) {}

  @Query('availability')
  async availability(
    _: unknown,
    given: AvailabilityArguments,
    { principal }: OperationContext,
    info: GraphQLResolveInfo,
  ): Promise<AskedAnswer> {
    const { channel } = given;
    requireChannel(principal, channel);
    const asOf = pastInstant(given.asOf);
    if (asOf !== undefined && typeof given.date === 'string')
      throw badInput('"date" looks ahead and "asOf" back: give one of them.');
    const explain = selects(info, EXPLANATION) && mayExplain(principal);
    try {
      const past = asOf === undefined ? {} : { asOf };
      return asked(await this.answers.check({ channel, items: itemsOf(given), explain, ...past }), asOf);
    } catch (error) {
      if (error instanceof UnknownInRequestError) throw badInput(error.errors.map(({ detail }) => detail).join(' '));
      throw error;
    }
  }

  @Subscription('availabilityChanged')
  availabilityChanged(
    _: unknown,
    { channel, after }: { readonly channel?: string | null; readonly after?: string | null },
    { principal }: OperationContext,
  ): LiveStream<{ readonly availabilityChanged: AvailabilityChange }> {
    const scope = visibleChannel(principal, channel);
    const request = {
      filter: { types: [AVAILABILITY_CHANGED], ...(scope === undefined ? {} : { scope }) },
      after: typeof after === 'string' ? decodeCursor(after) : undefined,
    };
    return liveEvents(this.feed, request, (event) => ({ availabilityChanged: toChange(event) }));
  }
}

@Resolver('ItemAvailability')
export class ExplanationResolver {
  @ResolveField(EXPLANATION)
  explanation({ explanation }: AskedItem, _: unknown, { principal }: OperationContext): AskedItem['explanation'] {
    if (!mayExplain(principal)) throw missingScope(EXPLAIN);
    return explanation;
  }
}

/** How a sum comes about tells of other channels too. */
function mayExplain({ channel, scopes }: Principal): boolean {
  return channel === undefined || scopes.has(EXPLAIN);
}

function asked(answer: CheckAnswer, asOf: Instant | undefined): AskedAnswer {
  const { channel } = answer;
  return {
    ...answer,
    basis: asOf === undefined ? 'CURRENT' : 'REBUILT',
    items: answer.items.map((item) => ({ ...item, channel, asOf: answer.asOf })),
  };
}

function toChange({ cursor, occurredAt, data }: LoggedEvent): AvailabilityChange {
  return { ...data, cursor: encodeCursor(cursor), occurredAt };
}

function itemsOf({ skus, listings, quantity, node, date }: AvailabilityArguments): readonly CheckItem[] {
  if (quantity < 1 || quantity > LINE_QUANTITY_MAX)
    throw badInput(`"quantity" must be from 1 to ${LINE_QUANTITY_MAX}, not ${quantity}.`);
  const more = {
    quantity,
    ...(typeof node === 'string' ? { node } : {}),
    ...(typeof date === 'string' ? { date: checkedDate(date) } : {}),
  };
  const items = [
    ...(skus ?? []).map((sku) => ({ sku, ...more })),
    ...(listings ?? []).map((listingSku) => ({ listingSku, ...more })),
  ];
  if (items.length >= 1 && items.length <= AVAILABILITY_ITEMS_MAX) return items;
  throw badInput(`"skus" and "listings" must together be 1 to ${AVAILABILITY_ITEMS_MAX}, not ${items.length}.`);
}

function checkedDate(date: string): string {
  const time = new Date(`${date}T00:00:00Z`).getTime();
  const isDate =
    /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
  if (!isDate) throw badInput('"date" must be a date like "2026-03-31" (UTC).');
  const today = new Date().toISOString().slice(0, 10);
  if (date < today) throw badInput(`"date" is in the past: today is ${today} (UTC).`);
  return date;
}
