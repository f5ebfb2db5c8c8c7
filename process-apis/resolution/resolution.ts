import type { Pool } from 'pg';
import type { AuditEntry } from '../../src/platform/audit/index.js';
import { inRetriedTransaction } from '../../src/platform/commit/index.js';
import { InvalidInputError } from '../../src/platform/http/invalid-input.js';
import type { Listing, SqlCatalog } from '../catalog/index.js';
import type { ExceptionRecord, Exceptions } from '../exceptions/index.js';
import type { OrderCommit, OrderFact } from '../orders/index.js';
import {
  auditedInput,
  inputErrors,
  refusalOf,
  refused,
  RESOLVE_MAX,
  type ActionInput,
  type Actor,
  type ExceptionOutcome,
  type ResolveRequest,
  type ResolveResult,
  type Selection,
} from './actions.js';
import type { MessageDesk } from './message-desk.js';
import { factBodyOf, nameOf, type OrderAction } from './order-facts.js';
import { digestOf, RememberedRequests } from './remembered.js';
import { submitEach, type Submitted } from './submit-each.js';

export interface ResolutionParts {
  readonly pool: Pool;
  readonly exceptions: Exceptions;
  readonly orders: OrderCommit;
  readonly catalog: Pick<SqlCatalog, 'saveListings' | 'lists'>;
  readonly messages: MessageDesk;
  /** Called after each commit that changed something. */
  readonly committed: () => void;
}

interface Kept {
  readonly outcomes: readonly ExceptionOutcome[];
}

/** A step on exceptions that may be acted on: one outcome each. Throws InvalidInputError for the whole. */
type Step = (chosen: readonly ExceptionRecord[]) => Promise<readonly ExceptionOutcome[]>;

/**
 * What persons do about exceptions. Each action goes to where the cause is: the catalog, the order, the message. Nothing here
 * ends an exception of an order: it ends when its problem is no longer found.
 */
export class Resolution {
  private readonly remembered: RememberedRequests<Kept>;

  constructor(private readonly parts: ResolutionParts) {
    this.remembered = new RememberedRequests(parts.pool);
  }

  /** The same request again is answered as the first time. Interrupted, it goes on where it was: each step happens once. */
  async act(request: ResolveRequest): Promise<ResolveResult> {
    const { selection, input, actor, idempotencyKey } = request;
    const id = `resolution:${actor.subject}:${idempotencyKey}`;
    const digest = digestOf(selection, input);
    const before = await this.remembered.find(id);
    if (before !== undefined) return repeated(before, digest);
    const errors = inputErrors(input);
    if (errors.length > 0) return { result: 'INVALID', errors };
    const chosen = await this.choose(selection);
    if (chosen === undefined) return { result: 'TOO_MANY' };
    try {
      const outcomes = await this.actOn(chosen, request);
      const mine = await this.remembered.keep(id, digest, { outcomes }, audited(request, outcomes));
      const first = mine ? undefined : await this.remembered.find(id);
      return first === undefined ? { result: 'DONE', duplicate: false, outcomes } : repeated(first, digest);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return { result: 'INVALID', errors: error.errors };
    }
  }

  /** By id, in the order of the selection; undefined for those that are not there. */
  private async choose(selection: Selection): Promise<ReadonlyMap<string, ExceptionRecord | undefined> | undefined> {
    if (selection.by === 'GROUP') {
      const found = await this.parts.exceptions.openOfGroup(selection.category, selection.groupKey);
      return found.length > RESOLVE_MAX ? undefined : new Map(found.map((exception) => [exception.id, exception]));
    }
    const ids = [...new Set(selection.ids)];
    if (ids.length > RESOLVE_MAX) return undefined;
    const found = await this.parts.exceptions.byIds(ids);
    return new Map(ids.map((id) => [id, found.get(id)]));
  }

  private async actOn(
    chosen: ReadonlyMap<string, ExceptionRecord | undefined>,
    request: ResolveRequest,
  ): Promise<readonly ExceptionOutcome[]> {
    const { input, actor } = request;
    const outcomes = new Map<string, ExceptionOutcome>();
    const allowed: ExceptionRecord[] = [];
    for (const [id, exception] of chosen) {
      const refusal =
        exception === undefined
          ? refused(id, 'NOT_FOUND', `There is no exception ${id}.`)
          : refusalOf(exception, input.action, actor);
      if (refusal !== undefined) outcomes.set(id, refusal);
      else if (exception !== undefined) allowed.push(exception);
    }
    const done = allowed.length === 0 ? [] : await this.stepOf(request)(allowed);
    for (const outcome of done) outcomes.set(outcome.exceptionId, outcome);
    return [...chosen.keys()].flatMap((id) => outcomes.get(id) ?? []);
  }

  private stepOf({ input, actor, idempotencyKey }: ResolveRequest): Step {
    switch (input.action) {
      case 'MAP_SKU':
        return (chosen) => this.mapSku(chosen, input);
      case 'REPROCESS_MESSAGE':
        return (chosen) => this.reprocess(chosen);
      case 'IGNORE':
        return (chosen) => this.ignore(chosen, input.reason.trim(), actor);
      default:
        return (chosen) => this.tellOrders(chosen, input, actor, idempotencyKey);
    }
  }

  /** Once for each listing: every order that waits for it goes on, whether its exception was named or not. */
  private async mapSku(
    chosen: readonly ExceptionRecord[],
    { sku, unit }: Extract<ActionInput, { action: 'MAP_SKU' }>,
  ): Promise<readonly ExceptionOutcome[]> {
    const named = chosen.map(({ id, subject: { channel, listingSku } }) =>
      channel === undefined || listingSku === undefined ? { id } : { id, key: { channel, listingSku } },
    );
    const keys = new Map(
      named.flatMap(({ key }) => (key === undefined ? [] : [[`${key.channel}/${key.listingSku}`, key]])),
    );
    if (keys.size > 0) {
      const known = await this.parts.catalog.lists.listingsOf([...keys.values()]);
      const ofUnit = unit === undefined ? {} : { unit };
      const keysOf = new Map(known.map((listing) => [`${listing.channel}/${listing.listingSku}`, listing.listingKeys]));
      await this.saveListings(
        [...keys].map(([name, key]) => ({ ...key, sku: sku.trim(), ...ofUnit, listingKeys: keysOf.get(name) ?? {} })),
      );
    }
    return named.map(({ id, key }) =>
      key === undefined ? refused(id, 'NOT_POSSIBLE', 'It names no listing.') : taken(id, true),
    );
  }

  /** What the catalog says of an entry is said of the input: all entries have the same item and unit. */
  private async saveListings(listings: readonly Listing[]): Promise<void> {
    try {
      await this.parts.catalog.saveListings(listings);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      const errors = new Map(
        error.errors.map(({ pointer, detail }) => [detail, { pointer: pointer.replace(/^\/\d+/, ''), detail }]),
      );
      throw new InvalidInputError([...errors.values()]);
    }
  }

  private async tellOrders(
    chosen: readonly ExceptionRecord[],
    input: OrderAction,
    actor: Actor,
    idempotencyKey: string,
  ): Promise<readonly ExceptionOutcome[]> {
    if (input.action === 'CORRECT_ADDRESS') requireOneOrder(chosen);
    const occurredAt = new Date().toISOString();
    const refusals: ExceptionOutcome[] = [];
    const facts: { readonly exceptionId: string; readonly fact: OrderFact }[] = [];
    for (const exception of chosen) {
      const made = factBodyOf(exception, input, actor);
      if ('result' in made) {
        refusals.push(made);
        continue;
      }
      const fact: OrderFact = {
        id: `${nameOf(actor)}:${input.action}:${idempotencyKey}:${exception.id}`,
        source: 'operator',
        occurredAt,
        address: { by: 'ID', orderId: made.orderId },
        body: made.body,
      };
      facts.push({ exceptionId: exception.id, fact });
    }
    const submitted = await submitEach(
      this.parts.orders,
      facts.map(({ fact }) => fact),
    );
    return [...refusals, ...facts.map(({ exceptionId }, index) => outcomeOf(exceptionId, submitted[index]))];
  }

  /** One after the other: a message is decided on by itself. */
  private async reprocess(chosen: readonly ExceptionRecord[]): Promise<readonly ExceptionOutcome[]> {
    const outcomes: ExceptionOutcome[] = [];
    for (const { id, subject } of chosen) {
      if (subject.messageId === undefined) {
        outcomes.push(refused(id, 'NOT_POSSIBLE', 'It is of no message that is kept.'));
        continue;
      }
      const { isTaken, why } = await this.parts.messages.reprocess(subject.messageId);
      outcomes.push(isTaken ? taken(id, true) : refused(id, 'AGAINST_THE_RULES', why));
    }
    return outcomes;
  }

  /** A message that is ignored is dismissed for good, and its exception ends; others stay ignored while their problem stands. */
  private async ignore(
    chosen: readonly ExceptionRecord[],
    reason: string,
    actor: Actor,
  ): Promise<readonly ExceptionOutcome[]> {
    const by = nameOf(actor);
    const ofMessages = chosen.filter(({ subject }) => subject.messageId !== undefined);
    const changed = await inRetriedTransaction(this.parts.pool, async (tx) => {
      await this.parts.messages.dismiss(
        tx,
        ofMessages.flatMap(({ subject }) => subject.messageId ?? []),
      );
      await this.parts.exceptions.endIn(
        tx,
        ofMessages.map(({ key }) => key),
        `Not taken: ${reason}`,
        by,
      );
      const others = chosen.filter((exception) => !ofMessages.includes(exception)).map(({ id }) => id);
      const ignored = await this.parts.exceptions.ignoreIn(tx, others, by, reason);
      return new Set([...ofMessages.map(({ id }) => id), ...ignored]);
    });
    this.parts.committed();
    return chosen.map(({ id }) => taken(id, changed.has(id)));
  }
}

function repeated(
  before: { readonly digest: string | undefined; readonly answer: Kept },
  digest: string,
): ResolveResult {
  if (before.digest !== digest) return { result: 'KEY_REUSED' };
  return { result: 'DONE', duplicate: true, outcomes: before.answer.outcomes };
}

function taken(exceptionId: string, changed: boolean): ExceptionOutcome {
  return { result: 'TAKEN', exceptionId, changed };
}

function outcomeOf(exceptionId: string, submitted: Submitted | undefined): ExceptionOutcome {
  switch (submitted?.result) {
    case 'APPLIED':
    case 'UNCHANGED':
      return taken(exceptionId, submitted.result === 'APPLIED');
    case 'UNKNOWN_ORDER':
      return refused(exceptionId, 'NOT_FOUND', 'Its order is not there any more.');
    case 'REJECTED':
      return refused(exceptionId, 'AGAINST_THE_RULES', submitted.reason ?? 'It is against the rules.');
    case 'FAILED':
      return refused(exceptionId, 'NOT_POSSIBLE', `The hub failed on it: ${submitted.reason}`);
    case undefined:
      return refused(exceptionId, 'NOT_POSSIBLE', 'The hub gave no outcome.');
  }
}

/** One address for many orders is a slip. */
function requireOneOrder(chosen: readonly ExceptionRecord[]): void {
  if (new Set(chosen.map(({ subject }) => subject.orderId)).size <= 1) return;
  throw new InvalidInputError([{ pointer: '', detail: 'An address is of one order: correct them one by one.' }]);
}

function audited({ input, actor }: ResolveRequest, outcomes: readonly ExceptionOutcome[]): readonly AuditEntry[] {
  return outcomes.map((outcome) => ({
    actor: actor.subject,
    action: input.action,
    subjectType: 'exception',
    subjectId: outcome.exceptionId,
    input: auditedInput(input),
    outcome: outcome.result === 'TAKEN' ? 'TAKEN' : outcome.code,
  }));
}
