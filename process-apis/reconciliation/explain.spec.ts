import { describe, expect, it } from 'vitest';
import type { Difference, EarlierDrift } from './comparison.js';
import { DEFAULT_DRIFT_POLICY } from './drift-policy.js';
import type { Drift } from './drift.types.js';
import {
  explainChannel,
  explainErp,
  explainNode,
  FLIGHT_MS_MAX,
  SALE_MS_MAX,
  type ErpKnowledge,
  type NodeKnowledge,
} from './explain.js';

const POLICY = { ...DEFAULT_DRIFT_POLICY, healUnitsMax: 10 };

function of(ours: number, theirs: number | null): Difference {
  return { key: 'A', ours, theirs };
}

function earlier(ours: number, theirs: number | null, given: Partial<EarlierDrift> = {}): EarlierDrift {
  const plain = { explanation: 'UNKNOWN', healing: 'SNAPSHOT_ASKED', detail: '', ageMs: 60_000 } as const;
  return { ...of(ours, theirs), ...plain, ...given };
}

function verdict({ explanation, healing }: Drift): string {
  return `${explanation} ${healing}`;
}

describe('a difference from a warehouse', () => {
  const known: NodeKnowledge = {
    gapOpen: false,
    takeAll: false,
    toldMeanwhile: false,
    toShip: 0,
    earlier: undefined,
  };
  const node = (difference: Difference, more: Partial<NodeKnowledge>): string =>
    verdict(explainNode(difference, { ...known, ...more }, POLICY));

  it.each([
    ['passed while the snapshot was read', of(5, 8), { toldMeanwhile: true }, 'IN_FLIGHT NONE'],
    ['is what is being shipped', of(8, 5), { toShip: 3 }, 'IN_FLIGHT NONE'],
    ['is more than is being shipped', of(8, 4), { toShip: 3 }, 'UNKNOWN SNAPSHOT_ASKED'],
    ['goes up while goods leave', of(5, 8), { toShip: 3 }, 'UNKNOWN SNAPSHOT_ASKED'],
    ['is in a gap', of(5, 500), { gapOpen: true, takeAll: true }, 'MISSED_EVENT COUNT_TAKEN'],
    ['is seen for the first time', of(5, 8), {}, 'UNKNOWN SNAPSHOT_ASKED'],
    ['stays, and is small', of(15, 5), { earlier: earlier(15, 5) }, 'CHANGED_OUTSIDE COUNT_TAKEN'],
    ['stays while sales go on', of(12, 2), { earlier: earlier(15, 5) }, 'CHANGED_OUTSIDE COUNT_TAKEN'],
    ['stays, and is large', of(16, 5), { earlier: earlier(16, 5) }, 'CHANGED_OUTSIDE EXCEPTION'],
    ['is another one than before', of(5, 8), { earlier: earlier(5, 9) }, 'UNKNOWN COUNT_TAKEN'],
    [
      'was on its way before',
      of(5, 8),
      { earlier: earlier(5, 2, { explanation: 'IN_FLIGHT' }) },
      'UNKNOWN SNAPSHOT_ASKED',
    ],
    ['might still be leaving', of(8, 5), { toShip: 3, earlier: earlier(8, 5) }, 'IN_FLIGHT NONE'],
    [
      'has been leaving for too long',
      of(8, 5),
      { toShip: 3, earlier: earlier(8, 5, { explanation: 'IN_FLIGHT', ageMs: FLIGHT_MS_MAX + 1 }) },
      'CHANGED_OUTSIDE COUNT_TAKEN',
    ],
    ['is found by a snapshot that was asked for', of(5, 500), { takeAll: true }, 'UNKNOWN COUNT_TAKEN'],
    ['cannot be read', of(5, null), { unreadable: 'No such unit.', takeAll: true }, 'UNKNOWN EXCEPTION'],
  ] as const)('that %s', (_, difference, more, expected) => {
    expect(node(difference, more)).toBe(expected);
  });
});

describe("a difference from the ERP's books", () => {
  const known: ErpKnowledge = { notIssued: 0, came: 0, went: 0, ownsOnHand: false, earlier: undefined };
  const erp = (difference: Difference, more: Partial<ErpKnowledge>, tolerated = 0): string =>
    verdict(explainErp(difference, { ...known, ...more }, { ...POLICY, erpToleratedUnits: tolerated }));

  it.each([
    ['is goods whose issue is not posted', of(5, 8), { notIssued: 3 }, 'IN_FLIGHT NONE'],
    ['is more than those goods', of(5, 9), { notIssued: 3 }, 'UNKNOWN EXCEPTION'],
    ['came lately', of(9, 5), { came: 4 }, 'IN_FLIGHT NONE'],
    ['went lately, beside goods to issue', of(5, 9), { notIssued: 3, went: 1 }, 'IN_FLIGHT NONE'],
    ['nothing explains', of(9, 5), {}, 'UNKNOWN EXCEPTION'],
    ['nothing explains, and stays', of(9, 5), { earlier: earlier(9, 5) }, 'CHANGED_OUTSIDE EXCEPTION'],
    ['the owner of the stock tells', of(9, 5), { ownsOnHand: true }, 'UNKNOWN COUNT_TAKEN'],
    ['the owner of the stock tells, and is large', of(90, 5), { ownsOnHand: true }, 'UNKNOWN EXCEPTION'],
    ['the owner of the stock has below zero', of(1, -2), { ownsOnHand: true }, 'UNKNOWN EXCEPTION'],
    ['is about an item that it does not know', of(9, null), { came: 50, ownsOnHand: true }, 'UNKNOWN EXCEPTION'],
  ] as const)('that %s', (_, difference, more, expected) => {
    expect(erp(difference, more)).toBe(expected);
  });

  it('that is tolerated is only recorded', () => {
    expect([erp(of(9, 5), {}, 4), erp(of(9, 5), {}, 3)]).toEqual(['UNKNOWN NONE', 'UNKNOWN EXCEPTION']);
  });
});

describe('a difference from what a channel was told', () => {
  const told = { explanation: 'CHANGED_OUTSIDE', healing: 'TOLD_AGAIN' } as const;

  it.each([
    ['is being told over', of(5, 8), true, undefined, 'IN_FLIGHT NONE'],
    ['is more', of(5, 8), false, undefined, 'CHANGED_OUTSIDE TOLD_AGAIN'],
    ['is less: a sale', of(5, 4), false, undefined, 'IN_FLIGHT SNAPSHOT_ASKED'],
    ['is less, just now', of(5, 4), false, earlier(5, 4, { ageMs: SALE_MS_MAX - 1 }), 'IN_FLIGHT SNAPSHOT_ASKED'],
    [
      'is less, and no order came',
      of(5, 4),
      false,
      earlier(5, 4, { ageMs: SALE_MS_MAX }),
      'CHANGED_OUTSIDE TOLD_AGAIN',
    ],
    ['comes back', of(5, 8), false, earlier(4, 9, told), 'CHANGED_OUTSIDE EXCEPTION'],
    ['is less after it was told over: a sale', of(5, 4), false, earlier(5, 8, told), 'IN_FLIGHT SNAPSHOT_ASKED'],
    ['is about a listing that it does not know', of(5, null), true, undefined, 'UNKNOWN EXCEPTION'],
  ] as const)('that %s', (_, difference, underWay, before, expected) => {
    expect(verdict(explainChannel(difference, { underWay, earlier: before }))).toBe(expected);
  });
});
