import type { Order } from '../../../src/model/order.js';
import type { CrossReference } from '../orders.sql.js';

/** Texts shorter than this are looked for in no index. */
export const SEARCH_CHARS_MIN = 3;
export const SEARCH_CHARS_MAX = 200;

export const TERM_KINDS = ['ORDER_NUMBER', 'ERP_DOCUMENT', 'WAREHOUSE_REFERENCE', 'TRACKING_NUMBER', 'RETURN'] as const;
export type TermKind = (typeof TERM_KINDS)[number];

export const SEARCH_KINDS = ['HUB_ID', ...TERM_KINDS, 'EMAIL', 'SKU', 'LISTING'] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

export interface SearchTerm {
  readonly kind: TermKind;
  readonly term: string;
  /** As its system writes it. */
  readonly shown: string;
}

/** What of the cross-references a person may hold in the hand, as what. Lines are found by their order. */
const KINDS: Readonly<Record<string, TermKind>> = {
  order: 'ORDER_NUMBER',
  'sales-order': 'ERP_DOCUMENT',
  delivery: 'ERP_DOCUMENT',
  invoice: 'ERP_DOCUMENT',
  'fulfillment-order': 'WAREHOUSE_REFERENCE',
  release: 'WAREHOUSE_REFERENCE',
  shipment: 'WAREHOUSE_REFERENCE',
  package: 'WAREHOUSE_REFERENCE',
  tracking: 'TRACKING_NUMBER',
  fulfillment: 'TRACKING_NUMBER',
  refund: 'RETURN',
};

/** As texts are compared: lower case, without blanks (people group long numbers) and the `#` before a number. */
export function searchText(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll(/\s/gu, '').replace(/^#/, '');
}

/** The address as it is hashed. */
export function emailText(text: string): string {
  return text.normalize('NFC').trim().toLowerCase();
}

/** One local part, one domain with a dot: anything else is no address. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}

/** What the order is found by, besides the buyer's address and what was sold. Pure. */
export function searchTerms(order: Order, references: readonly CrossReference[]): readonly SearchTerm[] {
  const terms = new Map<string, SearchTerm>();
  const add = (kind: TermKind | undefined, text: string | undefined): void => {
    if (kind === undefined || text === undefined) return;
    for (const term of new Set([searchText(text), withoutZeros(searchText(text))]))
      if (term.length >= SEARCH_CHARS_MIN && term.length <= SEARCH_CHARS_MAX && !terms.has(`${kind}/${term}`))
        terms.set(`${kind}/${term}`, { kind, term, shown: text });
  };
  add('ORDER_NUMBER', order.reference);
  add('ORDER_NUMBER', order.displayReference);
  for (const { kind, outsideId } of references) add(KINDS[kind], outsideId);
  for (const { packages } of order.shipments) for (const { sscc } of packages) add('WAREHOUSE_REFERENCE', sscc);
  for (const { reference } of order.returns ?? []) add('RETURN', reference);
  return [...terms.values()];
}

/** Systems pad their numbers, people do not. */
function withoutZeros(text: string): string {
  return /^0+\d+$/.test(text) ? text.replace(/^0+/, '') : text;
}
