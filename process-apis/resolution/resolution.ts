import type { Pool } from 'pg';
import { recordAudits, type AuditEntry } from '../../src/platform/audit/index.js';
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
  type ExceptionOutcome,
  type ResolveRequest,
  type ResolveResult,
  type Selection,
} from './actions.js';
import type { MessageDesk } from './message-desk.js';
import { factBodyOf, nameOf, type OrderAction } from './order-facts.js';
import { digestOf, RememberedRequests } from './remembered.js';
import { submitEach, type AuditedFact, type Submitted } from './submit-each.js';

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

/** Of a request: what came of each exception, and those whose audit is committed already. */
interface Done {
  readonly outcomes: readonly ExceptionOutcome[];
  readonly audited: ReadonlySet<string>;
}

/** A step on exceptions that may be acted on: one outcome each. Throws InvalidInputError for the whole. */
type Step = (chosen: readonly ExceptionRecord[]) => Promise<Done>;

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
      const { outcomes, audited } = await this.actOn(chosen, request);
      const rest = outcomes.filter(({ exceptionId }) => !audited.has(exceptionId));
      const mine = await this.remembered.keep(id, digest, { outcomes }, auditsOf(request, rest));
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
  ): Promise<Done> {
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
    const done = allowed.length === 0 ? notAudited([]) : await this.stepOf(request)(allowed);
    for (const outcome of done.outcomes) outcomes.set(outcome.exceptionId, outcome);
    return { outcomes: [...chosen.keys()].flatMap((id) => outcomes.get(id) ?? []), audited: done.audited };
  }

  private stepOf(request: ResolveRequest): Step {
    const { input } = request;
    switch (input.action) {
      case 'MAP_SKU':
        return async (chosen) => notAudited(await this.mapSku(chosen, input));
      case 'REPROCESS_MESSAGE':
        return async (chosen) => notAudited(await this.reprocess(chosen));
      case 'IGNORE':
        return (chosen) => this.ignore(chosen, input.reason.trim(), request);
      default:
        return (chosen) => this.tellOrders(chosen, input, request);
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

  /** Each fact with its audit: who asked is known, whenever the hub stops. */
  private async tellOrders(
    chosen: readonly ExceptionRecord[],
    input: OrderAction,
    request: ResolveRequest,
  ): Promise<Done> {
    if (input.action === 'CORRECT_ADDRESS') requireOneOrder(chosen);
    const { actor, idempotencyKey } = request;
    const occurredAt = new Date().toISOString();
    const digest = digestOf(input);
    const refusals: ExceptionOutcome[] = [];
    const facts: (AuditedFact & { readonly exceptionId: string })[] = [];
    for (const exception of chosen) {
      const made = factBodyOf(exception, input, actor);
      if ('result' in made) {
        refusals.push(made);
        continue;
      }
      const { id: exceptionId } = exception;
      const fact: OrderFact = {
        id: `${nameOf(actor)}:${input.action}:${idempotencyKey}:${exceptionId}`,
        source: 'operator',
        occurredAt,
        address: { by: 'ID', orderId: made.orderId },
        digest,
        body: made.body,
      };
      facts.push({ exceptionId, fact, audit: (outcome) => auditOf(request, outcomeOf(exceptionId, outcome)) });
    }
    const submitted = await submitEach(this.parts.orders, facts);
    return {
      outcomes: [...refusals, ...facts.map(({ exceptionId }, index) => outcomeOf(exceptionId, submitted[index]))],
      audited: new Set(
        facts.flatMap(({ exceptionId }, index) => (submitted[index]?.result === 'FAILED' ? [] : [exceptionId])),
      ),
    };
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
  private async ignore(chosen: readonly ExceptionRecord[], reason: string, request: ResolveRequest): Promise<Done> {
    const by = nameOf(request.actor);
    const ofMessages = chosen.filter(({ subject }) => subject.messageId !== undefined);
    const outcomes = await inRetriedTransaction(this.parts.pool, async (tx) => {
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
      const changed = new Set([...ofMessages.map(({ id }) => id), ...ignored]);
      const done = chosen.map(({ id }) => taken(id, changed.has(id)));
      const audited = new Set(ignored);
      await recordAudits(
        tx,
        auditsOf(
          request,
          done.filter(({ exceptionId }) => audited.has(exceptionId)),
        ),
      );
      return { outcomes: done, audited };
    });
    this.parts.committed();
    return outcomes;
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
  if (submitted !== undefined && submitted.result !== 'FAILED' && submitted.digestDiffers)
    return refused(exceptionId, 'AGAINST_THE_RULES', 'The idempotency key was used for something else on it.');
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

function notAudited(outcomes: readonly ExceptionOutcome[]): Done {
  return { outcomes, audited: new Set() };
}

function auditsOf(request: ResolveRequest, outcomes: readonly ExceptionOutcome[]): readonly AuditEntry[] {
  return outcomes.map((outcome) => auditOf(request, outcome));
}

function auditOf({ input, actor }: ResolveRequest, outcome: ExceptionOutcome): AuditEntry {
  return {
    actor: actor.subject,
    action: input.action,
    subjectType: 'exception',
    subjectId: outcome.exceptionId,
    input: auditedInput(input),
    outcome: outcome.result === 'TAKEN' ? 'TAKEN' : outcome.code,
  };
}
