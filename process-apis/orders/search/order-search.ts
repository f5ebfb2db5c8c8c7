import type { Pool } from 'pg';
import type { BlindIndex } from '../../../src/platform/crypto/blind-index.js';
import type { FieldCipher } from '../../../src/platform/crypto/field-cipher.js';
import { findItemsByKey, type FoundItem } from '../../catalog/index.js';
import { facets } from './order-facets.js';
import {
  findByEmail,
  findByFacets,
  findByHubId,
  findExactTerms,
  findTermsFrom,
  type FoundTerm,
  type TermQuery,
} from './order-search.sql.js';
import { EMAIL_PURPOSE } from './search-index.js';
import {
  emailText,
  isEmail,
  SEARCH_CHARS_MAX,
  SEARCH_CHARS_MIN,
  SEARCH_KINDS,
  searchText,
  type SearchKind,
} from './search-terms.js';

export const SEARCH_HITS_MAX = 50;
/** Hex digits of a hub id, without dashes, from which on it is one. */
const ID_DIGITS_MIN = 8;
const ID_DIGITS = 32;

export interface SearchRequest {
  readonly text: string;
  /** Orders and listings of this channel alone. */
  readonly channel?: string;
  /** Items are found too. */
  readonly items: boolean;
  /** Hits wanted, 1 to SEARCH_HITS_MAX. */
  readonly first: number;
}

export type SearchSubject = { readonly orderId: string } | { readonly sku: string };

export interface SearchHit {
  readonly kind: SearchKind;
  readonly matched: string;
  readonly exact: boolean;
  readonly subject: SearchSubject;
}

export interface SearchFound {
  /** Best first. */
  readonly hits: readonly SearchHit[];
  readonly more: boolean;
  readonly kindsTried: readonly SearchKind[];
}

/** The text given is too short or too long to be looked for. */
export class SearchTextError extends Error {
  readonly code = 'SEARCH_TEXT';
}

/** Finds orders and items by whatever a person holds in the hand: one text, a bounded number of statements. */
export class OrderSearch {
  private readonly emails: BlindIndex;

  constructor(
    private readonly pool: Pool,
    cipher: FieldCipher,
  ) {
    this.emails = cipher.blindIndex(EMAIL_PURPOSE);
  }

  /** Throws SearchTextError. */
  async find(request: SearchRequest): Promise<SearchFound> {
    const { text, first } = request;
    if (text.length > SEARCH_CHARS_MAX || searchText(text).length < SEARCH_CHARS_MIN)
      throw new SearchTextError(`"text" must be ${SEARCH_CHARS_MIN} to ${SEARCH_CHARS_MAX} characters besides blanks.`);
    const found = isEmail(text) ? await this.byEmail(request) : await this.byNumber(request);
    const hits = [...new Map(found.map((hit) => [keyOf(hit), hit])).values()];
    return {
      hits: hits.slice(0, first),
      more: hits.length > first,
      kindsTried: isEmail(text) ? ['EMAIL'] : SEARCH_KINDS.filter((kind) => kind !== 'EMAIL'),
    };
  }

  private async byEmail({ text, channel, first }: SearchRequest): Promise<readonly SearchHit[]> {
    const digests = this.emails.candidates(emailText(text));
    const orderIds = await findByEmail(this.pool, digests, channel, first + 1);
    return orderIds.map((orderId) => ({ kind: 'EMAIL', matched: text.trim(), exact: true, subject: { orderId } }));
  }

  private async byNumber({ text, channel, first, items }: SearchRequest): Promise<readonly SearchHit[]> {
    const limit = first + 1;
    const query: TermQuery = { text: searchText(text), channel, limit };
    const key = text.trim().toLowerCase();
    const [keys, ids, exact, longer] = await Promise.all([
      findItemsByKey(this.pool, key, channel, limit),
      this.byHubId(query),
      findExactTerms(this.pool, query),
      findTermsFrom(this.pool, query),
    ]);
    const holding = await this.holding(keys, text.trim(), channel, limit);
    const ofItems = items ? keys.map(itemHit) : [];
    return [
      ...ids.filter((hit) => hit.exact),
      ...termHits(exact, true),
      ...ofItems.filter((hit) => hit.exact),
      ...holding,
      ...ids.filter((hit) => !hit.exact),
      ...ofItems.filter((hit) => !hit.exact),
      ...termHits(longer, false),
    ];
  }

  private async byHubId({ text, channel, limit }: TermQuery): Promise<readonly SearchHit[]> {
    const digits = text.replaceAll('-', '');
    if (!/^[0-9a-f]+$/.test(digits) || digits.length < ID_DIGITS_MIN || digits.length > ID_DIGITS) return [];
    const range = [digits.padEnd(ID_DIGITS, '0'), digits.padEnd(ID_DIGITS, 'f')] as const;
    const ids = await findByHubId(this.pool, range, channel, limit);
    const exact = digits.length === ID_DIGITS;
    return ids.map((orderId) => ({ kind: 'HUB_ID', matched: orderId, exact, subject: { orderId } }));
  }

  /** Orders that hold what was named: an item, or a listing whether it is mapped to one or not. */
  private async holding(
    keys: readonly FoundItem[],
    listingSku: string,
    channel: string | undefined,
    limit: number,
  ): Promise<readonly SearchHit[]> {
    const exact = keys.filter((found) => found.exact);
    const listings = new Set([listingSku, ...exact.flatMap(({ by, key }) => (by === 'LISTING' ? key : []))]);
    const named = new Map<string, Pick<SearchHit, 'kind' | 'matched'>>();
    for (const matched of listings) named.set(facets.holdsListing(matched), { kind: 'LISTING', matched });
    for (const { by, key } of exact) if (by === 'SKU') named.set(facets.holdsItem(key), { kind: 'SKU', matched: key });
    // A bound channel has no items of its own, and names ours: its orders that hold it are its own.
    if (channel !== undefined) named.set(facets.holdsItem(listingSku), { kind: 'SKU', matched: listingSku });
    const orders = await findByFacets(this.pool, [...named.keys()], channel, limit);
    return orders.flatMap(({ orderId, facets: held }): readonly SearchHit[] => {
      const first = held.flatMap((facet) => named.get(facet) ?? [])[0];
      return first === undefined ? [] : [{ ...first, exact: true, subject: { orderId } }];
    });
  }
}

function termHits(terms: readonly FoundTerm[], exact: boolean): readonly SearchHit[] {
  return terms.map(({ kind, shown, orderId }) => ({ kind, matched: shown, exact, subject: { orderId } }));
}

function itemHit({ by, key, sku, exact }: FoundItem): SearchHit {
  return { kind: by, matched: key, exact, subject: { sku } };
}

/** The first of a key stands: what is exact comes first. */
function keyOf({ kind, subject, matched }: SearchHit): string {
  return JSON.stringify([kind, subject, matched]);
}
