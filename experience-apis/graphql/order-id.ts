import { badInput } from './graphql-errors.js';
import { isUuid } from './uuid.js';

/** The hub's ids are UUIDs, written in any case. Throws a GraphQL error for anything else. */
export function toOrderId(id: string): string {
  const lower = id.toLowerCase();
  if (isUuid(lower)) return lower;
  throw badInput(`"${id.slice(0, 64)}" is no order id: an id of the hub is a UUID.`);
}
