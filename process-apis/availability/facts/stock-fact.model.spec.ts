import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyPosition,
  freeUnits,
  STOCK_BUCKETS,
  type Movement,
  type Position,
  type StockFact,
} from '../../../src/model/stock.js';
import { BucketOwnership } from './bucket-ownership.js';
import { BatchContext } from './stock-fact.context.js';
import { trulyThere } from './stock-fact.settle.js';
import type { StockOutcome } from './stock-fact.types.js';
import { FactBatch } from './stock-intake.batch.js';
import { StockBook, type BookedCause } from '../book/stock-book.js';
import { expectedUnits, SupplyBook, type Supply } from './supply.js';

/** Facts that a source may have to send again because what they need has not come yet; each round at least one is taken. */
const ROUNDS_MAX = 50;

type Tracking = 'NONE' | 'LOT';

const LOTS = ['L1', 'L2'] as const;
const FACTORS = new Map([
  ['each', 1],
  ['case', 6],
]);

/** What happens in the warehouse, one after the other; the numbers are read so that each is possible. */
interface Happening {
  readonly what: 'RECEIVED' | 'LEFT' | 'COUNTED';
  readonly lot: number;
  readonly units: number;
  readonly inCases: boolean;
}

const happening = fc.record<Happening>({
  what: fc.constantFrom('RECEIVED', 'RECEIVED', 'LEFT', 'COUNTED'),
  lot: fc.nat(LOTS.length - 1),
  units: fc.integer({ min: 1, max: 20 }),
  inCases: fc.boolean(),
});

/** The facts that a truthful source tells of it, in the order in which it happened, and what is there at the end, by lot. */
function tell(
  happenings: readonly Happening[],
  tracking: Tracking,
): readonly [StockFact[], ReadonlyMap<string, number>] {
  const there = new Map<string, number>();
  const facts = happenings.flatMap(({ what, lot, units, inCases }, index): readonly StockFact[] => {
    const name = tracking === 'LOT' ? (LOTS[lot] ?? '') : '';
    const before = there.get(name) ?? 0;
    const head = {
      id: `wms/${index}`,
      source: 'wms',
      sku: 'A',
      node: 'N1',
      occurredAt: `2026-03-01T00:00:${String(index).padStart(2, '0')}.000Z`,
      ...(name === '' ? {} : { lot: name }),
    };
    if (what === 'COUNTED') return [{ ...head, kind: 'COUNTED', quantity: before }];
    if (what === 'RECEIVED') {
      there.set(name, before + units * (inCases ? 6 : 1));
      return [{ ...head, kind: 'RECEIVED', quantity: units, ...(inCases ? { unit: 'case' } : {}) }];
    }
    const gone = Math.min(units, before);
    there.set(name, before - gone);
    return gone === 0 ? [] : [{ ...head, kind: 'ADJUSTED', quantity: -gone, reason: 'LOSS' }];
  });
  return [facts, there];
}

/** The stock in memory, with every movement that it made. */
class Ledger {
  readonly movements: Movement[] = [];
  readonly book = StockBook.of({ positions: [] });
  readonly context: BatchContext;
  private readonly batch: FactBatch;

  constructor(tracking: Tracking) {
    this.context = new BatchContext({
      now: '2026-03-02T00:00:00.000Z',
      items: new Map([['A', { sku: 'A', tracking, isKit: false, factors: FACTORS }]]),
      nodes: new Set(['N1', 'N2']),
      owners: new BucketOwnership([]),
      supplies: new SupplyBook([]),
      levels: [],
      moved: new Map(),
    });
    const write = this.book.apply.bind(this.book);
    this.book.apply = (movements, cause) => {
      const made = write(movements, cause);
      this.movements.push(...made);
      return made;
    };
    this.batch = new FactBatch(this.book, this.context);
  }

  take(fact: StockFact): StockOutcome['result'] {
    return this.batch.take(fact).result;
  }

  /** An order claims so many of what is free, or gives so many back. */
  claim(units: number): void {
    const position = this.position();
    const delta = units > 0 ? Math.min(units, freeUnits(position)) : -Math.min(-units, position.reserved);
    const cause: BookedCause = { stream: 's', version: 1, occurredAt: this.context.now };
    this.book.book(
      [{ sku: 'A', node: 'N1', bucket: 'reserved', delta, reason: delta > 0 ? 'RESERVE' : 'UNRESERVE' }],
      cause,
    );
  }

  position(node = 'N1'): Position {
    return this.book.position('A', node) ?? emptyPosition('A', node);
  }

  /** What of the position is against the rules: nothing, after each step. */
  wrong(): readonly string[] {
    return ['N1', 'N2'].flatMap((node) => {
      const position = this.position(node);
      const lots = this.book.lotsAt('A', node);
      const ofLots = lots.reduce((units, { onHand }) => units + onHand, 0);
      return [
        ...STOCK_BUCKETS.filter((bucket) => position[bucket] !== this.sum(node, bucket)),
        ...lots.flatMap(({ lot, onHand }) => (onHand === this.sum(node, 'onHand', lot) ? [] : [`lot ${lot}`])),
        ...(ofLots <= position.onHand ? [] : ['more in lots than there']),
        ...(position.reserved <= position.onHand ? [] : ['oversold']),
        ...(position.missing <= position.reserved ? [] : ['more missing than claimed']),
      ];
    });
  }

  private sum(node: string, bucket: string, lot?: string): number {
    return this.movements.reduce(
      (units, movement) =>
        movement.node === node && movement.bucket === bucket && (lot === undefined || movement.lot === lot)
          ? units + movement.delta
          : units,
      0,
    );
  }
}

/** Sends again what is refused, as a source does, until nothing more is taken. */
function deliver(ledger: Ledger, facts: readonly StockFact[], meanwhile: () => void): void {
  let left = facts;
  for (let round = 0; round < ROUNDS_MAX && left.length > 0; round += 1) {
    const refused = left.filter((fact) => {
      const result = ledger.take(fact);
      meanwhile();
      return result === 'REFUSED';
    });
    if (refused.length === left.length) break;
    left = refused;
  }
}

/** Keys that put facts in some order, twice for some. */
const order = fc.array(fc.nat(), { minLength: 40, maxLength: 40 });

function shuffled(facts: readonly StockFact[], keys: readonly number[]): readonly StockFact[] {
  const twice = facts.filter((_, index) => (keys[index] ?? 0) % 3 === 0);
  const keyed = [...facts, ...twice].map((fact, index) => [keys[index % keys.length] ?? 0, fact] as const);
  return keyed.toSorted(([a], [b]) => a - b).map(([, fact]) => fact);
}

function leftBeforeTheyCame(arriving: readonly StockFact[]): boolean {
  return arriving.some(
    (left, index) =>
      left.kind === 'ADJUSTED' &&
      arriving.slice(index).some((later) => later.kind === 'RECEIVED' && later.occurredAt < left.occurredAt),
  );
}

function countAll(there: ReadonlyMap<string, number>): readonly StockFact[] {
  return [...there].map(([lot, quantity]) => ({
    id: `wms/last/${lot}`,
    source: 'wms',
    sku: 'A',
    node: 'N1',
    occurredAt: '2026-03-01T12:00:00.000Z',
    kind: 'COUNTED',
    quantity,
    ...(lot === '' ? {} : { lot }),
  }));
}

describe('stock facts in any order', () => {
  it.each<Tracking>(['NONE', 'LOT'])(
    'come to what is there, each once, whatever is claimed meanwhile (tracking %s)',
    (tracking) => {
      fc.assert(
        fc.property(
          fc.array(happening, { maxLength: 25 }),
          order,
          fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 10 }),
          (happenings, keys, claims) => {
            const [facts, there] = tell(happenings, tracking);
            const ledger = new Ledger(tracking);
            let turn = 0;
            const arriving = shuffled(facts, keys);
            // Units that left before the hub heard that they had come: what is there is known again with the next count.
            const recount = leftBeforeTheyCame(arriving) ? countAll(there) : [];
            deliver(ledger, [...arriving, ...recount], () => {
              ledger.claim(claims[turn % claims.length] ?? 0);
              turn += 1;
              expect(ledger.wrong()).toEqual([]);
            });
            const total = [...there.values()].reduce((sum, units) => sum + units, 0);
            expect(trulyThere(ledger.position())).toBe(total);
            const lots = ledger.book.lotsAt('A', 'N1').filter(({ onHand }) => onHand > 0);
            const expected = [...there].filter(([lot, units]) => lot !== '' && units > 0);
            expect(new Map(lots.map(({ lot, onHand }) => [lot, onHand]))).toEqual(new Map(expected));
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  it('leave what is to come as the sum of its documents, whatever was announced, shipped, received and given up', () => {
    const step = fc.record({
      kind: fc.constantFrom('ANNOUNCED', 'ANNOUNCEMENT_CANCELLED', 'RECEIVED', 'TRANSFER_SHIPPED', 'TRANSFER_RECEIVED'),
      document: fc.constantFrom('D1', 'D2'),
      source: fc.constantFrom('erp', 'wms'),
      supply: fc.constantFrom('ASN', 'TRANSFER'),
      node: fc.constantFrom('N1', 'N2'),
      quantity: fc.integer({ min: 1, max: 12 }),
      all: fc.boolean(),
      second: fc.nat(59),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const ledger = new Ledger('NONE');
        for (const [index, { kind, document, source, supply, node, quantity, all, second }] of steps.entries()) {
          const occurredAt = `2026-03-01T00:00:${String(second).padStart(2, '0')}.000Z`;
          const head = { id: `${source}/${index}`, source, sku: 'A', node, occurredAt, document };
          const toNode = node === 'N1' ? 'N2' : 'N1';
          const fact = {
            ...head,
            kind,
            ...(kind === 'ANNOUNCEMENT_CANCELLED' && all ? {} : { quantity }),
            ...(kind === 'TRANSFER_SHIPPED' ? { toNode } : {}),
            ...(kind === 'ANNOUNCED' ? { supply, expectedAt: '2026-03-09T00:00:00.000Z' } : {}),
          } as StockFact;
          ledger.take(fact);
          expect(ledger.wrong()).toEqual([]);
          for (const at of ['N1', 'N2']) {
            const { incoming, inTransit } = ledger.position(at);
            expect({ incoming, inTransit }).toEqual(expectedAt(ledger.context.supplies.changes(), at));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

function expectedAt(
  supplies: readonly Supply[],
  node: string,
): { readonly incoming: number; readonly inTransit: number } {
  let [incoming, inTransit] = [0, 0];
  for (const supply of supplies) {
    if (supply.node !== node) continue;
    incoming += expectedUnits(supply).incoming;
    inTransit += expectedUnits(supply).inTransit;
  }
  return { incoming, inTransit };
}
