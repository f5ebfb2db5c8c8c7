import { OWNERS } from '../exceptions/exception-filter.js';
import type { OrderFilter, OrderSort, OrderStatus, OutsideSystem } from '../../generated/graphql.js';

/** What the list shows, as its URL says it; empty does not narrow it. */
export const NO_FILTER = {
  q: '',
  channel: '',
  /** Several with commas between. */
  status: '',
  waitingOn: '',
  node: '',
  sku: '',
  from: '',
  to: '',
  overdue: '',
  held: '',
  exception: '',
  /** Of open exceptions: who has to act, and the person who took one over. */
  team: '',
  assigned: '',
  completed: '',
  sort: 'PLACED_DESC',
} as const;

export type FilterKey = keyof typeof NO_FILTER;
export type FilterValues = Readonly<Record<FilterKey, string>>;

export const STATUSES: readonly OrderStatus[] = [
  'OPEN',
  'BACKORDERED',
  'RESERVED',
  'IN_FULFILLMENT',
  'PARTIALLY_SHIPPED',
  'SHIPPED',
  'CANCELLED',
];

export const SYSTEMS: readonly OutsideSystem[] = ['CHANNEL', 'ERP', 'WMS', 'CARRIER', 'CATALOG', 'STOCK', 'PERSON'];

export const SORTS: readonly { readonly value: OrderSort; readonly label: string }[] = [
  { value: 'PLACED_DESC', label: 'Newest first' },
  { value: 'PLACED_ASC', label: 'Oldest first' },
  { value: 'UPDATED_DESC', label: 'Last changed first' },
  { value: 'DUE', label: 'Most pressing first' },
];

const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 86_400_000;

/** The filter of the graph. What the URL holds that is no value of the graph narrows nothing. */
export function filterOf(values: FilterValues): OrderFilter {
  const statuses = values.status.split(',').filter((status): status is OrderStatus => among(STATUSES, status));
  const { channel, node, sku } = values;
  return {
    ...(values.q === '' ? {} : { referencePrefix: values.q }),
    ...(channel === '' ? {} : { channel }),
    ...(node === '' ? {} : { node }),
    ...(sku === '' ? {} : { sku }),
    ...(statuses.length === 0 ? {} : { statuses }),
    ...(among(SYSTEMS, values.waitingOn) ? { waitingOn: values.waitingOn } : {}),
    ...(DAY.test(values.from) ? { placedFrom: `${values.from}T00:00:00.000Z` } : {}),
    // The last day is part of it.
    ...(DAY.test(values.to) ? { placedTo: new Date(Date.parse(values.to) + DAY_MS).toISOString() } : {}),
    ...flag('overdue', values.overdue),
    ...flag('held', values.held),
    ...flag('hasException', values.exception),
    ...flag('completed', values.completed),
    ...(among(OWNERS, values.team) ? { exceptionOwners: [values.team] } : {}),
    ...(values.assigned === '' ? {} : { exceptionAssignedTo: values.assigned }),
  };
}

export function sortOf({ sort }: FilterValues): OrderSort {
  return SORTS.find(({ value }) => value === sort)?.value ?? 'PLACED_DESC';
}

function flag(name: 'overdue' | 'held' | 'hasException' | 'completed', value: string): OrderFilter {
  return value === 'true' || value === 'false' ? { [name]: value === 'true' } : {};
}

function among<Word extends string>(words: readonly Word[], word: string): word is Word {
  return (words as readonly string[]).includes(word);
}
