import type { Principal } from '../../../src/platform/auth/principal.js';
import { missingScope } from '../../../src/platform/auth/bearer.js';
import { requireHouse } from '../channel-sight.js';
import { badInput } from '../graphql-errors.js';
import { foreignCursor } from '../list-page.js';
import { isUuid } from '../uuid.js';

export const OPERATIONS_READ = 'operations:read';
export const AUDIT_READ = 'audit:read';
export const POLICIES_READ = 'policies:read';
export const STOCK_READ = 'stock:read';
export const AVAILABILITY_READ = 'availability:read';
export const ORDERS_READ = 'orders:read';
export const EXCEPTIONS_READ = 'exceptions:read';

export const FOR_THE_HOUSE = 'It is about all channels: a token that is bound to one may not ask for it.';

const TEXT_CHARS_MAX = 200;
const STORED_INSTANT = /^[\d :.+-]{10,40}$/;

/** Throws the 403 problem of a token without the scope. For fields of types; those of the root have a decorator. */
export function requireScope(principal: Principal, scope: string): void {
  if (!principal.scopes.has(scope)) throw missingScope(scope);
}

/** What the house alone may see, and only with this scope. Throws the 403 problem. */
export function requireHouseWith(principal: Principal, scope: string): void {
  requireScope(principal, scope);
  requireHouse(principal, FOR_THE_HOUSE);
}

/** Whether a caller may see what the house alone sees with this scope. */
export function isOfHouseWith({ scopes, channel }: Principal, scope: string): boolean {
  return channel === undefined && scopes.has(scope);
}

/** Throws a GraphQL error for a filter with a text that is none, or too long. */
export function checkTexts(filter: object): void {
  for (const [name, value] of Object.entries(filter))
    for (const text of Array.isArray(value) ? value : [value])
      if (typeof text === 'string' && (text === '' || text.length > TEXT_CHARS_MAX || text.includes('\u0000')))
        throw badInput(`"${name}" must be a text of 1 to ${TEXT_CHARS_MAX} characters.`);
}

/** Whether a text is an instant as the database writes it, with all its digits. */
export function isStoredInstant(text: string): boolean {
  return STORED_INSTANT.test(text) && !Number.isNaN(Date.parse(text));
}

/** The id in a cursor. Throws a GraphQL error for a cursor from elsewhere. */
export function uuidOfCursor(key: readonly string[] | undefined): string | undefined {
  const id = key?.at(-1);
  if (id === undefined || isUuid(id)) return id;
  throw foreignCursor();
}
