import { describe, expect, it } from 'vitest';
import {
  emptyPosition,
  type Lot,
  type Position,
  type StockFact,
  type StockFactKind,
} from '../../../src/model/stock.js';
import { BucketOwnership } from './bucket-ownership.js';
import type { BucketOwner } from './bucket-owner.sql.js';
import { decideStockFact } from './stock-fact.decide.js';
import type { FactContext, FactDecision, MovedUnits, StockItem, StockRefusal } from './stock-fact.types.js';
import { StockState } from '../book/stock-state.js';
import { expectedUnits, newSupply, SupplyBook, type Supply } from './supply.js';

const HEAD = { id: 'f-1', source: 'wms', sku: 'A', node: 'N1' };
const NOW = '2026-03-02T12:00:00.000Z';
const FACTORS = new Map(Object.entries({ each: 1, case: 12 }));

const ITEMS = new Map<string, StockItem>([
  ['A', { sku: 'A', tracking: 'NONE', isKit: false, factors: FACTORS }],
  ['L', { sku: 'L', tracking: 'LOT', isKit: false, factors: FACTORS }],
  ['S', { sku: 'S', tracking: 'SERIAL', isKit: false, factors: FACTORS }],
  ['K', { sku: 'K', tracking: 'NONE', isKit: true, factors: FACTORS }],
]);

interface Given {
  readonly position?: Partial<Position>;
  readonly lots?: readonly Partial<Lot>[];
  readonly owners?: readonly BucketOwner[];
  readonly supplies?: readonly Supply[];
  readonly levels?: Readonly<Record<string, string>>;
  readonly moved?: readonly MovedUnits[];
}

type Wish = { readonly kind: StockFactKind; readonly quantity?: number } & Readonly<Record<string, unknown>>;

function fact(wish: Wish): StockFact {
  return { ...HEAD, occurredAt: '2026-03-02T10:00:00.000Z', ...wish } as StockFact;
}

function decide(wish: Wish, given: Given = {}): FactDecision | StockRefusal {
  const one = fact(wish);
  const position = { ...emptyPosition(one.sku, one.node), ...given.position };
  const lots = (given.lots ?? []).map((lot) => ({
    sku: one.sku,
    node: one.node,
    lot: 'L1',
    expiresOn: null,
    onHand: 0,
    reserved: 0,
    qualityHold: 0,
    ...lot,
  }));
  const context: FactContext = {
    now: NOW,
    items: ITEMS,
    nodes: new Set(['N1', 'N2']),
    owners: new BucketOwnership(given.owners ?? []),
    supplies: new SupplyBook(given.supplies ?? []),
    levelAsOf: (_sku, _node, bucket, lot) => given.levels?.[`${bucket}/${lot}`],
    movedSince: (_sku, _node, asOf) => (asOf < NOW ? (given.moved ?? []) : []),
  };
  return decideStockFact(one, new StockState({ positions: [position], lots }), context);
}

/** `bucket[@node][/lot] delta reason`. */
function moves(made: FactDecision | StockRefusal): readonly string[] {
  if (made.result === 'REFUSED') return [`${made.code} ${made.pointer}`];
  return made.movements.map(
    ({ bucket, node, lot, delta, reason }) =>
      `${bucket}${node === 'N1' ? '' : `@${node}`}${lot === undefined ? '' : `/${lot}`} ${delta} ${reason}`,
  );
}

const COUNTED_AT = { countedAt: '2026-03-02T11:00:00.000Z' };

function owner(node: string, bucket: BucketOwner['bucket'], source: string): BucketOwner {
  return { node, bucket, source, lagSeconds: 0 };
}

describe('a stock fact that cannot be taken', () => {
  const base = { kind: 'RECEIVED', quantity: 1 } as const;
  it.each<readonly [string, Wish, string]>([
    ['an unknown item', { ...base, sku: 'X' }, 'UNKNOWN_ITEM /sku'],
    ['a kit', { ...base, sku: 'K' }, 'KIT_HAS_NO_STOCK /sku'],
    ['an unknown node', { ...base, node: 'X' }, 'UNKNOWN_NODE /node'],
    [
      'an unknown destination',
      { kind: 'TRANSFER_SHIPPED', quantity: 1, document: 'T', toNode: 'X' },
      'UNKNOWN_NODE /toNode',
    ],
    [
      'a transfer to itself',
      { kind: 'TRANSFER_SHIPPED', quantity: 1, document: 'T', toNode: 'N1' },
      'UNKNOWN_NODE /toNode',
    ],
    ['an unknown unit', { ...base, unit: 'pallet' }, 'UNKNOWN_UNIT /unit'],
    ['half a unit', { ...base, quantity: 0.5 }, 'NOT_A_WHOLE_NUMBER /quantity'],
    ['no number', { ...base, quantity: Number.NaN }, 'NOT_A_WHOLE_NUMBER /quantity'],
    ['a negative receipt', { ...base, quantity: -1 }, 'NEGATIVE /quantity'],
    ['a negative count', { kind: 'COUNTED', quantity: -1 }, 'NEGATIVE /quantity'],
    ['a negative hold', { kind: 'COUNTED', quantity: 1, qualityHold: -1 }, 'NEGATIVE /qualityHold'],
    ['more on hold than there', { kind: 'COUNTED', quantity: 1, qualityHold: 2 }, 'MORE_THAN_THERE /qualityHold'],
    ['a receipt of nothing', { ...base, quantity: 0 }, 'ZERO /quantity'],
    ['an adjustment by nothing', { kind: 'ADJUSTED', quantity: 0, reason: 'LOSS' }, 'ZERO /quantity'],
    ['more than a position holds', { ...base, quantity: 100_000_000, unit: 'case' }, 'TOO_MANY /quantity'],
    ['the future', { ...base, occurredAt: '2026-03-02T12:05:00.001Z' }, 'IN_THE_FUTURE /occurredAt'],
    ['no date', { ...base, lot: 'L1', expiresOn: '2026-02-30' }, 'NOT_A_DATE /expiresOn'],
    ['no lot where one is needed', { ...base, sku: 'L' }, 'LOT_REQUIRED /lot'],
    ['a count of a lot that is not kept', { kind: 'COUNTED', quantity: 1, lot: 'L1' }, 'LOT_NOT_TRACKED /lot'],
    ['too few serials', { ...base, sku: 'S', quantity: 2, serials: ['1'] }, 'SERIALS_DIFFER /serials'],
    ['a serial twice', { ...base, sku: 'S', quantity: 2, serials: ['1', '1'] }, 'SERIALS_DIFFER /serials'],
    [
      'a document that nobody announced',
      { kind: 'ANNOUNCEMENT_CANCELLED', document: 'D' },
      'UNKNOWN_DOCUMENT /document',
    ],
    ['a document without a number', { ...base, document: '' }, 'UNKNOWN_DOCUMENT /document'],
    ['more out than there is', { kind: 'ADJUSTED', quantity: -11, reason: 'LOSS' }, 'MORE_THAN_THERE /quantity'],
    ['more on hold than free of it', { kind: 'HELD', quantity: 11 }, 'MORE_THAN_THERE /quantity'],
    ['more off hold than on it', { kind: 'HOLD_LIFTED', quantity: 1 }, 'MORE_THAN_THERE /quantity'],
  ])('says so of %s', (_, wish, expected) => {
    expect(moves(decide(wish, { position: { onHand: 10 } }))).toEqual([expected]);
  });

  it('takes a clock that is a little ahead', () => {
    expect(decide({ ...base, occurredAt: '2026-03-02T12:05:00.000Z' }).result).toBe('TAKEN');
  });

  it('refuses who does not own the bucket, and names who does; a node comes before all nodes', () => {
    const owners = [owner('*', 'onHand', 'erp'), owner('N2', 'onHand', 'wms'), owner('*', 'qualityHold', 'erp')];
    expect(decide(base, { owners })).toMatchObject({
      code: 'NOT_OWNER',
      detail: 'wms may not write onHand of N1: erp may.',
    });
    expect(decide({ ...base, node: 'N2' }, { owners }).result).toBe('TAKEN');
    expect(moves(decide({ kind: 'COUNTED', node: 'N2', quantity: 1, qualityHold: 0 }, { owners }))).toEqual([
      'NOT_OWNER /source',
    ]);
    expect(decide({ kind: 'SAFETY_STOCK_SET', quantity: 1 }, { owners }).result).toBe('TAKEN');
  });
});

describe('units that came and went', () => {
  it('counts base units, whatever unit the source counts in', () => {
    expect(moves(decide({ kind: 'RECEIVED', quantity: 3, unit: 'case' }))).toEqual(['onHand 36 RECEIPT']);
  });

  it('takes an adjustment below the claims as claims that are missing', () => {
    const made = decide({ kind: 'ADJUSTED', quantity: -4, reason: 'DAMAGE' }, { position: { onHand: 6, reserved: 5 } });
    expect(moves(made)).toEqual(['onHand -1 DAMAGE', 'missing 3 DAMAGE']);
  });

  it('finds missing units again', () => {
    const position = { onHand: 5, reserved: 5, missing: 3 };
    expect(moves(decide({ kind: 'ADJUSTED', quantity: 4, reason: 'FOUND' }, { position }))).toEqual([
      'onHand 1 FOUND',
      'missing -3 FOUND',
    ]);
  });

  it('keeps no more on hold than is there', () => {
    const position = { onHand: 10, qualityHold: 6 };
    expect(moves(decide({ kind: 'ADJUSTED', quantity: -8, reason: 'LOSS' }, { position }))).toEqual([
      'onHand -8 LOSS',
      'qualityHold -4 LOSS',
    ]);
  });

  it.each<Wish>([
    { kind: 'RECEIVED', quantity: 5 },
    { kind: 'ADJUSTED', quantity: -5, reason: 'LOSS' },
    { kind: 'COUNTED', quantity: 3 },
  ])('changes nothing by $kind of before the last count', (wish) => {
    const position = { onHand: 9, ...COUNTED_AT };
    expect(decide(wish, { position })).toEqual({ result: 'OLDER_THAN_COUNT', movements: [] });
    expect(decide({ ...wish, occurredAt: COUNTED_AT.countedAt }, { position }).result).toBe('OLDER_THAN_COUNT');
    expect(decide({ ...wish, occurredAt: '2026-03-02T11:00:00.001Z' }, { position }).result).toBe('TAKEN');
  });

  it('holds and lifts', () => {
    const position = { onHand: 5, qualityHold: 2 };
    expect(moves(decide({ kind: 'HELD', quantity: 3 }, { position }))).toEqual(['qualityHold 3 QUALITY_HOLD']);
    expect(moves(decide({ kind: 'HOLD_LIFTED', quantity: 2 }, { position }))).toEqual([
      'qualityHold -2 QUALITY_RELEASE',
    ]);
    expect(decide({ kind: 'HELD', quantity: 3 }, { position, levels: { 'qualityHold/': NOW } }).result).toBe(
      'OLDER_THAN_COUNT',
    );
    expect(decide({ kind: 'HELD', quantity: 3 }, { position: { ...position, ...COUNTED_AT } }).result).toBe('TAKEN');
  });

  it('sets levels, the latest told', () => {
    const position = { safetyStock: 4, threshold: 1 };
    expect(moves(decide({ kind: 'SAFETY_STOCK_SET', quantity: 3 }, { position }))).toEqual([
      'safetyStock -1 SAFETY_STOCK',
    ]);
    expect(moves(decide({ kind: 'THRESHOLD_SET', quantity: 3 }, { position }))).toEqual(['threshold 2 THRESHOLD']);
    expect(decide({ kind: 'THRESHOLD_SET', quantity: 3 }, { levels: { 'threshold/': NOW } }).result).toBe(
      'OLDER_THAN_COUNT',
    );
  });
});

describe('a count', () => {
  it('is what was there then, and what happened since', () => {
    const moved: MovedUnits[] = [
      { bucket: 'onHand', lot: '', units: -3 },
      { bucket: 'qualityHold', lot: '', units: 1 },
    ];
    const made = decide({ kind: 'COUNTED', quantity: 10, qualityHold: 1 }, { position: { onHand: 6 }, moved });
    expect(moves(made)).toEqual(['onHand 1 COUNT', 'qualityHold 2 COUNT']);
    expect(made).toMatchObject({
      countedAt: '2026-03-02T10:00:00.000Z',
      event: { type: 'StockCounted', counted: 10, missing: 0, stock: [{ sku: 'A', node: 'N1', quantity: 1 }] },
    });
  });

  it('leaves what is claimed, and says what of it is missing', () => {
    const position = { onHand: 8, reserved: 5 };
    expect(moves(decide({ kind: 'COUNTED', quantity: 2 }, { position }))).toEqual([
      'onHand -3 COUNT',
      'missing 3 COUNT',
    ]);
    const found = { onHand: 5, reserved: 5, missing: 3 };
    expect(moves(decide({ kind: 'COUNTED', quantity: 4 }, { position: found }))).toEqual(['missing -2 COUNT']);
    expect(moves(decide({ kind: 'COUNTED', quantity: 7 }, { position: found }))).toEqual([
      'onHand 2 COUNT',
      'missing -3 COUNT',
    ]);
  });

  it('was not taken later than it came, whatever the clock of its source says', () => {
    expect(decide({ kind: 'COUNTED', quantity: 2, occurredAt: '2026-03-02T12:04:00.000Z' })).toMatchObject({
      countedAt: NOW,
    });
  });

  it('is read as earlier where its source learns late', () => {
    const owners: BucketOwner[] = [{ node: '*', bucket: 'onHand', source: 'wms', lagSeconds: 3_600 }];
    expect(decide({ kind: 'COUNTED', quantity: 2 }, { owners })).toMatchObject({
      countedAt: '2026-03-02T09:00:00.000Z',
    });
  });

  it('takes from the lots when fewer are there than the lots say', () => {
    const lots = [
      { lot: 'L1', expiresOn: '2026-04-01', onHand: 4, qualityHold: 3 },
      { lot: 'L2', onHand: 6 },
    ];
    const made = decide({ kind: 'COUNTED', quantity: 7 }, { position: { onHand: 10, qualityHold: 3 }, lots });
    expect(moves(made)).toEqual(['onHand/L1 -3 COUNT', 'qualityHold/L1 -2 COUNT']);
  });
});

describe('units of a lot', () => {
  const lots = [
    { lot: 'L1', onHand: 5 },
    { lot: 'L2', onHand: 3 },
  ];

  it('move the lot and the position, and tell its last day', () => {
    const made = decide({ kind: 'RECEIVED', sku: 'L', lot: 'L3', expiresOn: '2026-09-30', quantity: 2 });
    expect(moves(made)).toEqual(['onHand/L3 2 RECEIPT']);
    expect(made).toMatchObject({ expiry: { lot: 'L3', expiresOn: '2026-09-30' } });
  });

  it('are counted for themselves', () => {
    const count: Wish = { kind: 'COUNTED', sku: 'L', lot: 'L1', quantity: 2 };
    const made = decide(count, { position: { onHand: 8, reserved: 7 }, lots });
    expect(moves(made)).toEqual(['onHand/L1 -3 COUNT', 'onHand 2 COUNT', 'missing 2 COUNT']);
    expect(made).not.toHaveProperty('countedAt');
    expect(made).toMatchObject({ levels: [{ bucket: 'onHand', lot: 'L1', asOf: '2026-03-02T10:00:00.000Z' }] });
    expect(decide(count, { lots, levels: { 'onHand/L1': NOW } }).result).toBe('OLDER_THAN_COUNT');
    expect(decide(count, { lots, levels: { 'onHand/L2': NOW } }).result).toBe('TAKEN');
  });

  it('come out of those whose lot nobody knew', () => {
    const made = decide({ kind: 'COUNTED', sku: 'L', lot: 'L3', quantity: 4 }, { position: { onHand: 10 }, lots });
    expect(moves(made)).toEqual(['onHand/L3 4 COUNT', 'onHand -2 COUNT']);
  });

  it('do not leave a lot that does not have them', () => {
    const made = decide(
      { kind: 'ADJUSTED', sku: 'L', lot: 'L2', quantity: -4, reason: 'LOSS' },
      { position: { onHand: 8 }, lots },
    );
    expect(moves(made)).toEqual(['MORE_THAN_THERE /quantity']);
  });
});

describe('supply', () => {
  const announced: Supply = {
    ...newSupply({ source: 'erp', document: 'D', sku: 'A', node: 'N1' }, 'PURCHASE_ORDER', '2026-03-10T00:00:00.000Z'),
    announced: 10,
    announcedAt: '2026-03-01T00:00:00.000Z',
  };
  const transfer: Supply = { ...announced, kind: 'TRANSFER', fromNode: 'N2' };
  const announce: Wish = {
    kind: 'ANNOUNCED',
    supply: 'ASN',
    document: 'D',
    quantity: 6,
    expectedAt: '2026-03-12T00:00:00.000Z',
  };

  it('is announced, and announced again instead', () => {
    expect(moves(decide(announce))).toEqual(['incoming 6 ANNOUNCED']);
    const own = { ...announced, source: 'wms' };
    expect(moves(decide(announce, { position: { incoming: 10 }, supplies: [own] }))).toEqual(['incoming -4 ANNOUNCED']);
    const later = { ...own, announcedAt: NOW };
    expect(decide(announce, { supplies: [later] }).result).toBe('OLDER_THAN_COUNT');
  });

  it('of another source under the same number is another document', () => {
    const made = decide(announce, { supplies: [announced] });
    expect(made).toMatchObject({ supply: { id: 'wms/D/A/N1', announced: 6 } });
  });

  it('is received by another source than the one that ordered, and is then no longer to come', () => {
    const received = { kind: 'RECEIVED', quantity: 4, document: 'D' } as const;
    const made = decide(received, { position: { incoming: 10 }, supplies: [announced] });
    expect(moves(made)).toEqual(['onHand 4 RECEIPT', 'incoming -4 RECEIPT']);
    const over = decide({ ...received, quantity: 12 }, { position: { incoming: 10 }, supplies: [announced] });
    expect(moves(over)).toEqual(['onHand 12 RECEIPT', 'incoming -10 RECEIPT']);
  });

  it('that is in a count already is settled all the same', () => {
    const made = decide(
      { kind: 'RECEIVED', quantity: 4, document: 'D' },
      { position: { incoming: 10, onHand: 4, ...COUNTED_AT }, supplies: [announced] },
    );
    expect(made.result).toBe('OLDER_THAN_COUNT');
    expect(moves(made)).toEqual(['incoming -4 RECEIPT']);
  });

  it('may arrive before it is announced', () => {
    const early = decide({ kind: 'RECEIVED', quantity: 4, document: 'D' });
    if (early.result === 'REFUSED' || early.supply === undefined) throw new Error('no supply');
    const late = decide({ ...announce, source: 'erp' }, { supplies: [early.supply] });
    expect(moves(late)).toEqual(['incoming 2 ANNOUNCED']);
    expect(late).toMatchObject({ supply: { id: '*/D/A/N1', source: 'erp', announced: 6, received: 4 } });
  });

  it('is cancelled, all or some of it', () => {
    const cancel = { kind: 'ANNOUNCEMENT_CANCELLED', document: 'D' } as const;
    const given = { position: { incoming: 10 }, supplies: [announced] };
    expect(moves(decide(cancel, given))).toEqual(['incoming -10 ANNOUNCEMENT_CANCELLED']);
    expect(moves(decide({ ...cancel, quantity: 3 }, given))).toEqual(['incoming -3 ANNOUNCEMENT_CANCELLED']);
    expect(moves(decide({ ...cancel, quantity: 11 }, given))).toEqual(['MORE_THAN_THERE /quantity']);
  });

  it('leaves one node and is on the way to the other', () => {
    const shipped: Wish = { kind: 'TRANSFER_SHIPPED', node: 'N2', toNode: 'N1', document: 'D', quantity: 8 };
    const made = decide(shipped, { position: { onHand: 9 }, supplies: [transfer] });
    expect(made).toMatchObject({ supply: { shipped: 8, fromNode: 'N2' } });
    if (made.result === 'REFUSED') throw new Error(made.detail);
    expect(made.movements).toMatchObject([
      { node: 'N2', bucket: 'onHand', delta: -8, reason: 'TRANSFER_OUT' },
      { node: 'N1', bucket: 'incoming', delta: -8 },
      { node: 'N1', bucket: 'inTransit', delta: 8 },
    ]);
  });

  it('arrives: fewer stay on the way until they are given up, more are simply there', () => {
    const underWay = { ...transfer, shipped: 10 };
    const arrive = (quantity: number): FactDecision | StockRefusal =>
      decide(
        { kind: 'TRANSFER_RECEIVED', document: 'D', quantity },
        { position: { inTransit: 10 }, supplies: [underWay] },
      );
    expect(moves(arrive(12))).toEqual(['onHand 12 TRANSFER_IN', 'inTransit -10 TRANSFER_IN']);
    const fewer = arrive(8);
    expect(moves(fewer)).toEqual(['onHand 8 TRANSFER_IN', 'inTransit -8 TRANSFER_IN']);
    if (fewer.result === 'REFUSED' || fewer.supply === undefined) throw new Error('no supply');
    const lost = decide(
      { kind: 'ANNOUNCEMENT_CANCELLED', document: 'D' },
      { position: { inTransit: 2 }, supplies: [fewer.supply] },
    );
    expect(moves(lost)).toEqual(['inTransit -2 ANNOUNCEMENT_CANCELLED']);
    if (lost.result === 'REFUSED' || lost.supply === undefined) throw new Error('no supply');
    expect(expectedUnits(lost.supply)).toEqual({ incoming: 0, inTransit: 0 });
  });

  it('may arrive before it is told to have left', () => {
    const arrived = decide({ kind: 'TRANSFER_RECEIVED', document: 'D', quantity: 5 });
    expect(moves(arrived)).toEqual(['onHand 5 TRANSFER_IN']);
    if (arrived.result === 'REFUSED' || arrived.supply === undefined) throw new Error('no supply');
    const left = decide(
      { kind: 'TRANSFER_SHIPPED', node: 'N2', toNode: 'N1', document: 'D', quantity: 5 },
      { position: { onHand: 5 }, supplies: [arrived.supply] },
    );
    if (left.result === 'REFUSED') throw new Error(left.detail);
    expect(left.movements).toMatchObject([{ node: 'N2', bucket: 'onHand', delta: -5 }]);
  });
});
