import { Inject } from '@nestjs/common';
import { Mutation, Resolver } from '@nestjs/graphql';
import type { Pool } from 'pg';
import { Exceptions, type ExceptionRecord } from '../../process-apis/exceptions/index.js';
import {
  nameOf,
  RESOLVE_MAX,
  Resolution,
  type ActionInput,
  type Actor,
  type ExceptionOutcome,
  type ResolveResult,
  type Selection,
} from '../../process-apis/resolution/index.js';
import type { Address } from '../../src/model/channel-order.js';
import {
  OWNER_ROLES,
  type ExceptionAction,
  type ExceptionCategory,
  type OwnerRole,
} from '../../src/model/exception.js';
import { recordAudits } from '../../src/platform/audit/index.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { requireHouse } from './channel-sight.js';
import { givenOnly, type Given } from './given.js';
import { badInput } from './graphql-errors.js';
import { checkKey } from './order-actions.js';
import type { OperationContext } from './operation-context.js';
import { isUuid } from './uuid.js';

const ROLE_SCOPE = 'role:';
const PERSON_CHARS_MAX = 200;
const FOR_THE_HOUSE = 'The cause of an exception may be of all channels: a token that is bound to one cannot solve it.';

interface Needed {
  readonly sku: string;
  readonly unit: string;
  readonly shipTo: Given<Address>;
  readonly shipMethod: string;
  readonly reason: string;
}

const FIELDS: readonly (keyof Needed)[] = ['sku', 'unit', 'shipTo', 'shipMethod', 'reason'];

interface ResolveExceptionsInput extends Given<Needed> {
  readonly ids?: readonly string[] | null;
  readonly category?: ExceptionCategory | null;
  readonly groupKey?: string | null;
  readonly action: ExceptionAction;
  readonly idempotencyKey: string;
}

/** The schema's `ResolveExceptionsResult`; expected refusals are members of the union, not errors. */
type ResolveExceptionsResult =
  | {
      readonly __typename: 'ExceptionsResolved';
      readonly duplicate: boolean;
      readonly taken: number;
      readonly outcomes: readonly object[];
    }
  | {
      readonly __typename: 'ExceptionInputInvalid';
      readonly message: string;
      readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
    }
  | { readonly __typename: 'TooManyExceptions' | 'IdempotencyKeyReused'; readonly message: string };

@Resolver()
@Scopes('exceptions:read', 'exceptions:resolve')
export class ExceptionActionResolver {
  constructor(
    private readonly resolution: Resolution,
    private readonly exceptions: Exceptions,
    @Inject(PG_POOL) private readonly pool: Pool,
  ) {}

  @Mutation('resolveExceptions')
  async resolveExceptions(
    _: unknown,
    { input }: { readonly input: ResolveExceptionsInput },
    { principal }: OperationContext,
  ): Promise<ResolveExceptionsResult> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkKey(input.idempotencyKey);
    const result = await this.resolution.act({
      selection: selectionOf(input),
      input: actionOf(input),
      actor: actorOf(principal),
      idempotencyKey: input.idempotencyKey,
    });
    return toResult(result);
  }

  @Mutation('assignExceptions')
  async assignExceptions(
    _: unknown,
    { input }: { readonly input: { readonly ids: readonly string[]; readonly to?: string | null } },
    { principal }: OperationContext,
  ): Promise<readonly ExceptionRecord[]> {
    requireHouse(principal, FOR_THE_HOUSE);
    const to = input.to?.trim() ?? null;
    if (to === '' || (to?.length ?? 0) > PERSON_CHARS_MAX)
      throw badInput(`"to" must be a text of 1 to ${PERSON_CHARS_MAX} characters, or null.`);
    const ids = checkedIds(input.ids);
    const { owners } = actorOf(principal);
    const found = await this.exceptions.byIds(ids);
    const mine = ids.filter((id) => {
      const owner = found.get(id)?.owner;
      return owner !== undefined && (owners?.has(owner) ?? true);
    });
    const changed = await this.exceptions.assign(mine, to, nameOf(principal));
    await recordAudits(
      this.pool,
      changed.map((subjectId) => ({
        actor: principal.subject,
        action: 'ASSIGN',
        subjectType: 'exception',
        subjectId,
        input: { to },
        outcome: 'DONE',
      })),
    );
    const after = await this.exceptions.byIds(mine);
    return mine.flatMap((id) => after.get(id) ?? []);
  }
}

/** A token with scopes of roles may act on what these own; one without any on all. */
function actorOf({ subject, scopes }: Principal): Actor {
  const roles = [...scopes].filter((scope) => scope.startsWith(ROLE_SCOPE));
  if (roles.length === 0) return { subject };
  const owners = new Set<OwnerRole>(OWNER_ROLES.filter((role) => roles.includes(`${ROLE_SCOPE}${role}`)));
  return { subject, owners };
}

function selectionOf({ ids, category, groupKey }: ResolveExceptionsInput): Selection {
  const [byIds, byGroup] = [Array.isArray(ids), typeof category === 'string' && typeof groupKey === 'string'];
  if (byIds === byGroup || (byIds && (typeof category === 'string' || typeof groupKey === 'string')))
    throw badInput('Give either "ids", or "category" and "groupKey".');
  if (byGroup) return { by: 'GROUP', category: category as ExceptionCategory, groupKey: groupKey as string };
  return { by: 'IDS', ids: checkedIds(ids ?? []) };
}

function checkedIds(ids: readonly string[]): readonly string[] {
  if (ids.length === 0) throw badInput('"ids" must name at least one exception.');
  if (ids.length > RESOLVE_MAX) throw badInput(`"ids" may name at most ${RESOLVE_MAX} exceptions.`);
  const wrong = ids.find((id) => !isUuid(id));
  if (wrong !== undefined) throw badInput(`"${wrong.slice(0, 64)}" is no exception id: an id of the hub is a UUID.`);
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}

/** What is missing is the process's to refuse, with the field; what does not belong to the action is refused here. */
function actionOf(input: ResolveExceptionsInput): ActionInput {
  const { action } = input;
  const reason = input.reason ?? '';
  const strange = FIELDS.find((field) => (input[field] ?? null) !== null && !fieldsOf(action).has(field));
  if (strange !== undefined) throw badInput(`"${strange}" does not belong to ${action}: leave it out.`);
  switch (action) {
    case 'MAP_SKU':
      return { action, sku: input.sku ?? '', ...(typeof input.unit === 'string' ? { unit: input.unit } : {}) };
    case 'CORRECT_ADDRESS':
      return { action, shipTo: givenOnly<Address>(input.shipTo ?? {}) };
    case 'CORRECT_SHIP_METHOD':
      return { action, shipMethod: input.shipMethod ?? '' };
    case 'RETRY':
      return { action };
    case 'REPROCESS_MESSAGE':
      return { action };
    case 'IGNORE':
      return { action, reason };
    case 'ACCEPT_PRICE':
    case 'RELEASE_HOLD':
    case 'RE_SOURCE':
    case 'HOLD':
    case 'CANCEL':
      return { action, reason };
  }
}

function fieldsOf(action: ExceptionAction): ReadonlySet<string> {
  switch (action) {
    case 'MAP_SKU':
      return new Set(['sku', 'unit']);
    case 'CORRECT_ADDRESS':
      return new Set(['shipTo']);
    case 'CORRECT_SHIP_METHOD':
      return new Set(['shipMethod']);
    case 'RETRY':
    case 'REPROCESS_MESSAGE':
      return new Set();
    case 'IGNORE':
    case 'ACCEPT_PRICE':
    case 'RELEASE_HOLD':
    case 'RE_SOURCE':
    case 'HOLD':
    case 'CANCEL':
      return new Set(['reason']);
  }
}

function toResult(result: ResolveResult): ResolveExceptionsResult {
  switch (result.result) {
    case 'DONE': {
      const { duplicate, outcomes } = result;
      const taken = outcomes.filter((outcome) => outcome.result === 'TAKEN').length;
      return { __typename: 'ExceptionsResolved', duplicate, taken, outcomes: outcomes.map(outcomeShown) };
    }
    case 'INVALID': {
      const { errors } = result;
      const message = `Nothing was done. ${errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' ')}`;
      return { __typename: 'ExceptionInputInvalid', message, errors };
    }
    case 'TOO_MANY':
      return {
        __typename: 'TooManyExceptions',
        message: `More than ${RESOLVE_MAX} exceptions are meant: nothing was done. Narrow the selection.`,
      };
    case 'KEY_REUSED':
      return {
        __typename: 'IdempotencyKeyReused',
        message: 'The idempotency key was used before for something else.',
      };
  }
}

function outcomeShown(outcome: ExceptionOutcome): object {
  const { exceptionId } = outcome;
  if (outcome.result === 'TAKEN') return { exceptionId, taken: true, changed: outcome.changed };
  return { exceptionId, taken: false, changed: false, code: outcome.code, message: outcome.message };
}
