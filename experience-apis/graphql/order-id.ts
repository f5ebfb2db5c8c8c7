import { badInput } from './graphql-errors.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The hub's ids are UUIDs, written in any case. Throws a GraphQL error for anything else. */
export function toOrderId(id: string): string {
  const lower = id.toLowerCase();
  if (UUID.test(lower)) return lower;
  throw badInput(`"${id.slice(0, 64)}" is no order id: an id of the hub is a UUID.`);
}
