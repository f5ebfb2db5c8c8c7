import type {
  ExceptionCategory,
  ExceptionFilter,
  ExceptionSort,
  ExceptionStatus,
  OwnerRole,
  Severity,
} from '../../generated/graphql.js';

/** What the page shows, as its URL says it; empty does not narrow it. */
export const NO_FILTER = {
  /** `each` lists exceptions one by one; else they stand by their causes. */
  view: '',
  q: '',
  category: '',
  severity: '',
  owner: '',
  status: '',
  channel: '',
  sku: '',
  overdue: '',
  assigned: '',
  /** Of one cause; with `category`. */
  groupKey: '',
  sort: 'DUE',
} as const;

export type FilterKey = keyof typeof NO_FILTER;
export type FilterValues = Readonly<Record<FilterKey, string>>;

export const SEVERITIES: readonly Severity[] = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'];
export const OWNERS: readonly OwnerRole[] = [
  'CATALOG',
  'FINANCE',
  'FRAUD',
  'FULFILLMENT',
  'CUSTOMER_SERVICE',
  'INTEGRATION',
];
export const STATUSES: readonly ExceptionStatus[] = ['OPEN', 'IGNORED', 'RESOLVED'];
export const SORTS: readonly { readonly value: ExceptionSort; readonly label: string }[] = [
  { value: 'DUE', label: 'Soonest due first' },
  { value: 'SEVERITY', label: 'Most severe first' },
  { value: 'NEWEST', label: 'Latest raised first' },
];
/** In the place of a person: of those that nobody took over. */
export const NOBODY = '-';
const CATEGORY = /^[A-Z_]+$/;

export function filterOf(values: FilterValues): ExceptionFilter {
  const { category, severity, owner, status } = values;
  return {
    ...(values.q === '' ? {} : { text: values.q }),
    ...(values.channel === '' ? {} : { channel: values.channel }),
    ...(values.sku === '' ? {} : { sku: values.sku }),
    ...assignment(values.assigned),
    ...(CATEGORY.test(category) ? { categories: [category as ExceptionCategory] } : {}),
    ...(among(SEVERITIES, severity) ? { severities: [severity] } : {}),
    ...(among(OWNERS, owner) ? { owners: [owner] } : {}),
    ...(among(STATUSES, status) ? { statuses: [status] } : {}),
    ...(values.groupKey === '' ? {} : { groupKey: values.groupKey }),
    ...(values.overdue === 'true' ? { overdue: true } : {}),
  };
}

export function sortOf({ sort }: FilterValues): ExceptionSort {
  return SORTS.find(({ value }) => value === sort)?.value ?? 'DUE';
}

function assignment(assigned: string): ExceptionFilter {
  if (assigned === NOBODY) return { assigned: false };
  return assigned === '' ? {} : { assignedTo: assigned };
}

function among<Word extends string>(words: readonly Word[], word: string): word is Word {
  return (words as readonly string[]).includes(word);
}
