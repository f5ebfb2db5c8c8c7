import { Inject } from '@nestjs/common';
import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Pool } from 'pg';
import {
  EXCEPTION_HISTORY_MAX,
  EXCEPTION_SORTING,
  Exceptions,
  EXCEPTIONS_PAGE_MAX,
  type ExceptionCount,
  type ExceptionFilter,
  type ExceptionGroup,
  type ExceptionRecord,
  type ExceptionSort,
} from '../../process-apis/exceptions/index.js';
import { EvidenceReader, type Evidence } from '../../process-apis/resolution/index.js';
import { categoryDefinition } from '../../src/model/exception.js';
import { holdsOf, type Hold, type Order } from '../../src/model/order.js';
import { recordAudit } from '../../src/platform/audit/index.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import { missingScope } from '../../src/platform/auth/bearer.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { maskText } from '../../src/platform/crypto/masking.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { ifVisible, requireHouse } from './channel-sight.js';
import { actionHints, ageSeconds, exceptionEventView, hintsOf, type ActionHint } from './exception-view.js';
import { givenOnly, type Given } from './given.js';
import { badInput } from './graphql-errors.js';
import {
  checkPageSize,
  foreignCursor,
  keyOfCursor,
  toConnection,
  type Connection,
  type PageArguments,
} from './list-page.js';
import type { OperationContext } from './operation-context.js';
import { isUuid } from './uuid.js';

export const EXCEPTIONS_OF_ORDER_MAX = 50;
const READ_SCOPE = 'exceptions:read';
const FILTER_TEXT_CHARS_MAX = 200;
const WHOLE_HOUSE = 'It is about all channels: a token that is bound to one may ask for exceptions alone.';

/** Parts of a cursor, by sort. */
const CURSOR_PARTS: Readonly<Record<ExceptionSort, number>> = { DUE: 2, SEVERITY: 3, NEWEST: 2 };
const GROUP_CURSOR_PARTS = 3;

type FilterArgument = { readonly filter?: Given<ExceptionFilter> | null };

@Resolver()
@Scopes(READ_SCOPE)
export class ExceptionQueryResolver {
  constructor(private readonly exceptions: Exceptions) {}

  @Query('exception')
  async exception(
    _: unknown,
    { id }: { readonly id: string },
    { principal }: OperationContext,
  ): Promise<ExceptionRecord | undefined> {
    if (!isUuid(id)) return undefined;
    return ifSeen(principal, (await this.exceptions.byIds([id])).get(id.toLowerCase()));
  }

  @Query('exceptions')
  async list(
    _: unknown,
    { filter, sort, ...page }: FilterArgument & PageArguments & { readonly sort: ExceptionSort },
    { principal }: OperationContext,
  ): Promise<Connection<ExceptionRecord>> {
    checkPageSize(page.first, EXCEPTIONS_PAGE_MAX);
    const after = keyOfCursor(page.after, CURSOR_PARTS[sort]);
    if (after !== undefined) checkPosition(after);
    const found = await this.exceptions.list(toFilter(principal, filter), sort, after, page.first + 1);
    return toConnection(found, page, EXCEPTION_SORTING[sort].keyOf);
  }

  @Query('exceptionGroups')
  async groups(
    _: unknown,
    { filter, ...page }: FilterArgument & PageArguments,
    { principal }: OperationContext,
  ): Promise<Connection<ExceptionGroup>> {
    checkPageSize(page.first, EXCEPTIONS_PAGE_MAX);
    const after = keyOfCursor(page.after, GROUP_CURSOR_PARTS);
    if (after !== undefined && !/^\d{1,9}$/.test(after[0] ?? '')) throw foreignCursor();
    const found = await this.exceptions.groups(toFilter(principal, filter), after, page.first + 1);
    return toConnection(found, page, ({ count, category, groupKey }) => [String(count), category, groupKey]);
  }

  @Query('exceptionCounts')
  async counts(_: unknown, _arguments: unknown, { principal }: OperationContext): Promise<readonly ExceptionCount[]> {
    requireHouse(principal, WHOLE_HOUSE);
    return this.exceptions.counts();
  }
}

@Resolver()
@Scopes('messages:read')
export class MessageBodyResolver {
  constructor(
    private readonly evidence: EvidenceReader,
    @Inject(PG_POOL) private readonly pool: Pool,
  ) {}

  /** Written down before it is shown: who looked cannot be lost. */
  @Query('messageBody')
  async messageBody(
    _: unknown,
    { id }: { readonly id: string },
    { principal }: OperationContext,
  ): Promise<string | undefined> {
    requireHouse(principal, WHOLE_HOUSE);
    if (!isUuid(id)) return undefined;
    const body = await this.evidence.wholeMessage(id);
    await recordAudit(this.pool, {
      actor: principal.subject,
      action: 'READ_MESSAGE',
      subjectType: 'message',
      subjectId: id.toLowerCase(),
      input: {},
      outcome: body === undefined ? 'NOT_FOUND' : 'DONE',
    });
    return body;
  }
}

@Resolver('Exception')
export class ExceptionFieldsResolver {
  @ResolveField('title')
  title({ category }: ExceptionRecord): string {
    return categoryDefinition(category).title;
  }

  @ResolveField('why')
  why({ category }: ExceptionRecord): string {
    return categoryDefinition(category).why;
  }

  @ResolveField('ageSeconds')
  ageSeconds(exception: ExceptionRecord): number {
    return ageSeconds(exception, Date.now());
  }

  @ResolveField('overdue')
  overdue({ status, dueAt }: ExceptionRecord): boolean {
    return status !== 'RESOLVED' && Date.parse(dueAt) < Date.now();
  }

  @ResolveField('actions')
  actions(exception: ExceptionRecord): readonly ActionHint[] {
    return hintsOf(exception);
  }

  @ResolveField('order')
  async order(
    { subject }: ExceptionRecord,
    _: unknown,
    { principal, exceptions }: OperationContext,
  ): Promise<Order | undefined> {
    if (subject.orderId === undefined || !principal.scopes.has('orders:read')) return undefined;
    return ifVisible(principal, await exceptions.order(subject.orderId));
  }

  /** What was said to other systems is not a channel's. */
  @ResolveField('evidence')
  async evidence(
    exception: ExceptionRecord,
    _: unknown,
    { principal, exceptions }: OperationContext,
  ): Promise<readonly Evidence[]> {
    return principal.channel === undefined ? exceptions.evidence(exception) : [];
  }

  @ResolveField('history')
  async history(
    { id }: ExceptionRecord,
    { first }: { readonly first: number },
    { exceptions }: OperationContext,
  ): Promise<readonly object[]> {
    checkPageSize(first, EXCEPTION_HISTORY_MAX);
    return (await exceptions.history(id, first)).map(exceptionEventView);
  }
}

@Resolver('ExceptionGroup')
export class ExceptionGroupFieldsResolver {
  @ResolveField('title')
  title({ category }: ExceptionGroup): string {
    return categoryDefinition(category).title;
  }

  @ResolveField('owner')
  owner({ category }: ExceptionGroup): string {
    return categoryDefinition(category).owner;
  }

  @ResolveField('actions')
  actions({ category }: ExceptionGroup): readonly ActionHint[] {
    return actionHints(category);
  }
}

@Resolver('Order')
export class OrderExceptionsResolver {
  @ResolveField('exceptions')
  async exceptions(
    { id }: Order,
    { first }: { readonly first: number },
    { principal, exceptions }: OperationContext,
  ): Promise<readonly ExceptionRecord[]> {
    if (!principal.scopes.has(READ_SCOPE)) throw missingScope(READ_SCOPE);
    checkPageSize(first, EXCEPTIONS_OF_ORDER_MAX);
    return (await exceptions.ofOrder(id, first)).filter((exception) => ifSeen(principal, exception) !== undefined);
  }

  @ResolveField('holds')
  holds(order: Order): readonly Hold[] {
    return holdsOf(order).map((hold) => ({ ...hold, reason: maskText(hold.reason) }));
  }
}

/** The exception, if the caller may see it: a partner sees those of its own channel. */
export function ifSeen(principal: Principal, exception: ExceptionRecord | undefined): ExceptionRecord | undefined {
  return exception === undefined || principal.channel === undefined || exception.scope === principal.channel
    ? exception
    : undefined;
}

function toFilter(principal: Principal, given: Given<ExceptionFilter> | null | undefined): ExceptionFilter {
  const filter = givenOnly<ExceptionFilter>(given ?? {});
  for (const [name, value] of Object.entries(filter))
    if (typeof value === 'string' && (value === '' || value.length > FILTER_TEXT_CHARS_MAX || value.includes('\u0000')))
      throw badInput(`"${name}" must be a text of 1 to ${FILTER_TEXT_CHARS_MAX} characters.`);
  return principal.channel === undefined ? filter : { ...filter, scope: principal.channel };
}

/** Instants, a rank and an id, wherever the sort has them. Throws a GraphQL error for anything else. */
function checkPosition(position: readonly string[]): void {
  const fits =
    isUuid(position.at(-1) ?? '') &&
    !Number.isNaN(Date.parse(position.at(-2) ?? '')) &&
    (position.length === 2 || /^[1-4]$/.test(position[0] ?? ''));
  if (!fits) throw foreignCursor();
}
