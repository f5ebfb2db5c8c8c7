import { describe, expect, it } from 'vitest';
import type { TrackingStatus } from '../../generated/graphql.js';
import { parcelWords, whereTone, whereWords } from './where-words.js';

const NONE = { shipped: 0, cancelled: 0, external: 0 };

interface Given {
  readonly ordered?: number;
  readonly shipped?: number;
  readonly cancelled?: number;
  readonly external?: number;
  readonly overdue?: boolean;
  /** One for each parcel; null where its carrier told nothing. */
  readonly parcels?: readonly (TrackingStatus | null)[];
}

function order({ ordered = 3, overdue = false, parcels = [], ...quantities }: Given): Parameters<typeof whereWords>[0] {
  const packages = parcels.map((tracked) => ({
    tracking: tracked && { status: tracked },
  }));
  return { overdue, lines: [{ ordered, quantities: { ...NONE, ...quantities } }], shipments: [{ packages }] };
}

describe('where an order is, in words', () => {
  it.each<readonly [Given, string]>([
    [{}, 'Nothing has shipped yet.'],
    [{ cancelled: 3 }, 'Cancelled: nothing ships.'],
    [{ shipped: 1, parcels: ['IN_TRANSIT'] }, '1 of 3 units have shipped.'],
    [{ shipped: 2, cancelled: 1, parcels: ['IN_TRANSIT'] }, 'Shipped.'],
    [{ external: 3 }, 'Shipped.'],
    [{ shipped: 3, parcels: ['DELIVERED', null] }, 'Shipped in 2 parcels, 1 of them delivered.'],
    [{ shipped: 3, parcels: ['IN_TRANSIT', null] }, 'Shipped in 2 parcels.'],
    [{ shipped: 3, parcels: ['DELIVERED'] }, 'Delivered.'],
    [{ shipped: 3, parcels: ['DELIVERED', 'DELIVERED'] }, 'Delivered, all 2 parcels.'],
  ])('%j: %s', (given, words) => expect(whereWords(order(given))).toBe(words));

  it.each<readonly [Given, string]>([
    [{}, 'info'],
    [{ overdue: true }, 'bad'],
    [{ shipped: 3, parcels: ['DELIVERED', 'RETURNING'] }, 'warn'],
    [{ shipped: 3, parcels: ['FAILED'] }, 'warn'],
    [{ shipped: 1, parcels: ['DELIVERED'] }, 'info'],
    [{ shipped: 3, parcels: ['DELIVERED'] }, 'ok'],
  ])('%j calls for %s', (given, tone) => expect(whereTone(order(given))).toBe(tone));

  it('tells of a parcel that no carrier told of', () =>
    expect(parcelWords({ tracking: null })).toBe('has left; its carrier has told nothing yet'));
});
