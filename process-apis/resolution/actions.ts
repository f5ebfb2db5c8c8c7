import type { Address } from '../../src/model/channel-order.js';
import {
  categoryDefinition,
  type ExceptionAction,
  type ExceptionCategory,
  type OwnerRole,
} from '../../src/model/exception.js';
import type { ProblemDetail } from '../../src/platform/http/problem.js';
import type { ExceptionRecord } from '../exceptions/index.js';

/** Exceptions that one request may act on. */
export const RESOLVE_MAX = 1_000;
export const REASON_CHARS_MAX = 500;

/** What a person does about exceptions, with what it needs. */
export type ActionInput =
  | { readonly action: 'MAP_SKU'; readonly sku: string; readonly unit?: string }
  | { readonly action: 'CORRECT_ADDRESS'; readonly shipTo: Address }
  | { readonly action: 'CORRECT_SHIP_METHOD'; readonly shipMethod: string }
  | {
      readonly action: 'ACCEPT_PRICE' | 'RELEASE_HOLD' | 'RE_SOURCE' | 'HOLD' | 'CANCEL';
      /** A sentence for the history. No personal data. */
      readonly reason: string;
    }
  | { readonly action: 'IGNORE'; readonly reason: string }
  | { readonly action: 'RETRY' }
  | { readonly action: 'REPROCESS_MESSAGE' };

/** Who acts. */
export interface Actor {
  /** Of the token. */
  readonly subject: string;
  /** The roles whose exceptions they may act on; absent is all. */
  readonly owners?: ReadonlySet<OwnerRole>;
}

/** Of one cause, or each named. */
export type Selection =
  | { readonly by: 'IDS'; readonly ids: readonly string[] }
  | { readonly by: 'GROUP'; readonly category: ExceptionCategory; readonly groupKey: string };

export interface ResolveRequest {
  readonly selection: Selection;
  readonly input: ActionInput;
  readonly actor: Actor;
  /** Of this actor: the same again is answered with the first answer. */
  readonly idempotencyKey: string;
}

export type RefusalCode =
  | 'NOT_FOUND'
  /** Its problem is gone. */
  | 'ALREADY_SOLVED'
  /** No action of its category. */
  | 'NOT_ALLOWED'
  /** Another role owns it. */
  | 'NOT_YOURS'
  | 'AGAINST_THE_RULES'
  /** What the action needs is not there: it is of no order, of no hold. */
  | 'NOT_POSSIBLE';

/** What came of one exception. TAKEN: what was asked is done; its order goes on by itself, and it ends with its problem. */
export type ExceptionOutcome =
  | { readonly result: 'TAKEN'; readonly exceptionId: string; readonly changed: boolean }
  | {
      readonly result: 'REFUSED';
      readonly exceptionId: string;
      readonly code: RefusalCode;
      /** A sentence. */
      readonly message: string;
    };

export type ResolveResult =
  | { readonly result: 'DONE'; readonly duplicate: boolean; readonly outcomes: readonly ExceptionOutcome[] }
  /** The key was used before for something else. */
  | { readonly result: 'KEY_REUSED' }
  /** More than RESOLVE_MAX are selected: nothing was done. */
  | { readonly result: 'TOO_MANY' }
  /** Nothing was done; pointers into the input. */
  | { readonly result: 'INVALID'; readonly errors: readonly ProblemDetail[] };

export function refused(exceptionId: string, code: RefusalCode, message: string): ExceptionOutcome {
  return { result: 'REFUSED', exceptionId, code, message };
}

/** Why this actor may not do this with the exception; undefined when they may. */
export function refusalOf(
  exception: ExceptionRecord,
  action: ExceptionAction,
  { owners }: Actor,
): ExceptionOutcome | undefined {
  const { id, category, owner, status } = exception;
  if (status === 'RESOLVED') return refused(id, 'ALREADY_SOLVED', 'The problem is gone already.');
  if (owners !== undefined && !owners.has(owner))
    return refused(id, 'NOT_YOURS', `${owner} owns it: your token is not for this role.`);
  const { actions, title } = categoryDefinition(category);
  if (!actions.includes(action))
    return refused(id, 'NOT_ALLOWED', `"${title}" knows ${actions.join(', ')}: ${action} would not solve it.`);
  return undefined;
}

/** What the input lacks by itself, before anything is looked up. */
export function inputErrors(input: ActionInput): readonly ProblemDetail[] {
  switch (input.action) {
    case 'MAP_SKU':
      return input.sku.trim() === '' ? [{ pointer: '/sku', detail: 'Name the item that the listing sells.' }] : [];
    case 'CORRECT_SHIP_METHOD':
      return input.shipMethod.trim() === ''
        ? [{ pointer: '/shipMethod', detail: 'Name the ship method that takes the place of the wrong one.' }]
        : [];
    case 'CORRECT_ADDRESS':
      return addressErrors(input.shipTo);
    case 'RETRY':
    case 'REPROCESS_MESSAGE':
      return [];
    case 'ACCEPT_PRICE':
    case 'RELEASE_HOLD':
    case 'RE_SOURCE':
    case 'HOLD':
    case 'CANCEL':
    case 'IGNORE':
      return reasonErrors(input.reason);
  }
}

export function reasonErrors(reason: string): readonly ProblemDetail[] {
  return reason.trim() !== '' && reason.length <= REASON_CHARS_MAX
    ? []
    : [{ pointer: '/reason', detail: `Say why, in 1 to ${REASON_CHARS_MAX} characters.` }];
}

const COUNTRY = /^[A-Z]{2}$/;
const ADDRESS_CHARS_MAX = 200;

/** An address that a parcel can be sent to: whom, street, place and country. */
export function addressErrors(address: Address): readonly ProblemDetail[] {
  const needed = (['line1', 'city', 'country'] as const).flatMap((field) =>
    (address[field] ?? '').trim() === '' ? [{ pointer: `/shipTo/${field}`, detail: 'A parcel needs it.' }] : [],
  );
  const nobody = (address.name ?? '').trim() === '' && (address.company ?? '').trim() === '';
  const long = Object.entries(address).flatMap(([field, value]) =>
    typeof value === 'string' && value.length > ADDRESS_CHARS_MAX
      ? [{ pointer: `/shipTo/${field}`, detail: `At most ${ADDRESS_CHARS_MAX} characters.` }]
      : [],
  );
  const country = (address.country ?? '').trim();
  return [
    ...needed,
    ...(nobody ? [{ pointer: '/shipTo/name', detail: 'Name the person or the company.' }] : []),
    ...(country !== '' && !COUNTRY.test(country)
      ? [{ pointer: '/shipTo/country', detail: 'Two capital letters, as ISO 3166-1 has them: DE.' }]
      : []),
    ...long,
  ];
}

/** What the audit keeps of the input: an address is personal data, its country is not. */
export function auditedInput(input: ActionInput): object {
  if (input.action !== 'CORRECT_ADDRESS') return input;
  return { action: input.action, country: input.shipTo.country ?? null };
}
