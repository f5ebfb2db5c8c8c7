import { Inject } from '@nestjs/common';
import { Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Pool } from 'pg';
import {
  Intake,
  KEPT_FACT,
  MESSAGES_PAGE_MAX,
  pageMessages,
  readMessagesWithoutBody,
  UnknownMessageError,
  type MessageListFilter,
  type StoredMessage,
} from '../../../process-apis/intake/index.js';
import { recordAudit } from '../../../src/platform/audit/index.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import {
  pageFactsOf,
  type FactPosition,
  type FactRecord,
  type ListedFact,
} from '../../../src/platform/commit/index.js';
import { maskText } from '../../../src/platform/crypto/masking.js';
import { PG_POOL } from '../../../src/platform/db/database.module.js';
import { requireHouse } from '../channel-sight.js';
import { givenOnly, type Given } from '../given.js';
import {
  checkPageSize,
  foreignCursor,
  keyOfCursor,
  toConnection,
  type Connection,
  type PageArguments,
} from '../list-page.js';
import type { OperationContext } from '../operation-context.js';
import { toOrderId } from '../order-id.js';
import { isUuid } from '../uuid.js';
import { messageSubjects } from './message-subjects.js';
import { checkTexts, FOR_THE_HOUSE, isStoredInstant, OPERATIONS_READ, uuidOfCursor } from './record-access.js';

export const FACTS_MAX = 100;
/** Messages of an order among which the one of a fact is looked for: the newest. */
const MESSAGES_LOOKED_AT = 50;

/** Instants come as the scalar reads them. */
type Filter = Omit<MessageListFilter, 'receivedFrom' | 'receivedTo'> & {
  readonly receivedFrom: Date;
  readonly receivedTo: Date;
};

type ReprocessResult =
  | { readonly __typename: 'MessageReprocessed'; readonly message: StoredMessage }
  | { readonly __typename: 'MessageNotFound'; readonly message: string };

@Resolver()
@Scopes(OPERATIONS_READ)
export class MessageQueryResolver {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  @Query('messages')
  async messages(
    _: unknown,
    { filter, ...page }: PageArguments & { readonly filter?: Given<Filter> | null },
    { principal }: OperationContext,
  ): Promise<Connection<StoredMessage>> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(page.first, MESSAGES_PAGE_MAX);
    const { receivedFrom, receivedTo, ...texts } = givenOnly<Filter>(filter ?? {});
    checkTexts(texts);
    const wanted: MessageListFilter = {
      ...texts,
      ...(receivedFrom === undefined ? {} : { receivedFrom: receivedFrom.toISOString() }),
      ...(receivedTo === undefined ? {} : { receivedTo: receivedTo.toISOString() }),
    };
    const before = uuidOfCursor(keyOfCursor(page.after, 1));
    return toConnection(await pageMessages(this.pool, wanted, before, page.first + 1), page, ({ id }) => [id]);
  }

  @Query('message')
  async message(
    _: unknown,
    { id }: { readonly id: string },
    { principal, records }: OperationContext,
  ): Promise<StoredMessage | undefined> {
    requireHouse(principal, FOR_THE_HOUSE);
    return isUuid(id) ? records.message.load(id.toLowerCase()) : undefined;
  }

  @Query('facts')
  async facts(
    _: unknown,
    { orderId, ...page }: PageArguments & { readonly orderId: string },
    { principal }: OperationContext,
  ): Promise<Connection<ListedFact>> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(page.first, FACTS_MAX);
    const found = await pageFactsOf(this.pool, toOrderId(orderId), factPosition(page.after), page.first + 1);
    return toConnection(found, page, ({ position: { at, id } }) => [at, id]);
  }
}

@Resolver()
@Scopes('operations:write')
export class MessageActionResolver {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly intake: Intake,
  ) {}

  @Mutation('reprocessMessage')
  async reprocessMessage(
    _: unknown,
    { input: { messageId } }: { readonly input: { readonly messageId: string } },
    { principal }: OperationContext,
  ): Promise<ReprocessResult> {
    requireHouse(principal, FOR_THE_HOUSE);
    const id = messageId.toLowerCase();
    if (!isUuid(id)) return notFound(`There is no message "${messageId.slice(0, 64)}".`);
    try {
      const { outcome } = await this.intake.reprocess(id);
      await this.audit(principal.subject, id, outcome);
    } catch (error) {
      if (!(error instanceof UnknownMessageError)) throw error;
      return notFound(error.message);
    }
    const [message] = await readMessagesWithoutBody(this.pool, [id]);
    return message === undefined
      ? notFound(`There is no message ${id}.`)
      : { __typename: 'MessageReprocessed', message };
  }

  private audit(actor: string, subjectId: string, outcome: string): Promise<void> {
    const what = { action: 'REPROCESS_MESSAGE', subjectType: 'message', subjectId, input: {}, outcome };
    return recordAudit(this.pool, { actor, ...what });
  }
}

/** What others wrote may name a person. */
@Resolver('StoredMessage')
export class MessageFieldsResolver {
  @ResolveField('detail')
  detail({ detail }: StoredMessage): string | undefined {
    return detail === undefined ? undefined : maskText(detail);
  }
}

@Resolver('Fact')
export class FactFieldsResolver {
  @ResolveField('reason')
  reason({ reason }: FactRecord): string | null {
    return reason === null ? null : maskText(reason);
  }

  /** A message and what it says are committed together: at one instant. What was not taken is kept under the fact's own id. */
  @ResolveField('messageId')
  async messageId(fact: FactRecord, _: unknown, { records }: OperationContext): Promise<string | undefined> {
    if (fact.recordId !== null) return fact.recordId;
    const order = await records.order.load(fact.subjectId);
    if (order === undefined) return undefined;
    const messages = await records.messagesAbout(messageSubjects(order), MESSAGES_LOOKED_AT);
    const kept = messages.find(({ externalId }) => externalId === `${KEPT_FACT}${fact.id}`);
    const together = messages.filter(
      ({ source, receivedAt }) => source === fact.source && receivedAt === fact.recordedAt,
    );
    return kept?.id ?? (together.length === 1 ? together[0]?.id : undefined);
  }
}

function factPosition(after: string | null | undefined): FactPosition | undefined {
  const [at, id] = keyOfCursor(after, 2) ?? [];
  if (at === undefined || id === undefined) return undefined;
  if (isStoredInstant(at)) return { at, id };
  throw foreignCursor();
}

function notFound(message: string): ReprocessResult {
  return { __typename: 'MessageNotFound', message };
}
