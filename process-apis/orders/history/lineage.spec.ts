import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../src/model/order.js';
import { historyOf } from '../testing/history.js';
import { isPointer, originsOf } from './lineage.js';
import { foldEvents, statesOf } from './order-history.js';

const RUNS = 100;
const ALL = 100_000;

/** Values of an order by JSON Pointer, besides those that follow from all others. */
function valuesOf(order: Order | undefined): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  const visit = (pointer: string, value: unknown): void => {
    if (value === undefined) return;
    const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    if (members.length === 0) values.set(pointer, value);
    for (const [name, member] of members)
      visit(`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, member);
  };
  const { version: _version, waits: _waits, ...rest } = order ?? {};
  for (const [name, value] of Object.entries(rest)) visit(`/${name}`, value);
  return values;
}

const HAPPENINGS = fc.array(
  fc.record({
    kind: fc.constantFrom('ANSWER' as const, 'ANSWER' as const, 'TROUBLE' as const, 'WISH' as const),
    pick: fc.nat(1_000),
  }),
  { minLength: 3, maxLength: 20, size: 'max' },
);

describe('the lineage of an order', () => {
  it('knows each value, and the very event that made it so', () => {
    fc.assert(
      fc.property(HAPPENINGS, (happenings) => {
        const { events } = historyOf(happenings);
        const states = [...statesOf(events)].map(({ order }) => valuesOf(order));
        const origins = new Map(originsOf(events, undefined, ALL).map((origin) => [origin.pointer, origin]));
        const final = valuesOf(foldEvents(events));
        for (const [pointer, value] of final) {
          const origin = origins.get(pointer);
          const at = (origin?.event.streamVersion ?? 0) - 1;
          const before = at > 0 ? states[at - 1] : undefined;
          const later = states.slice(at).map((state) => state.get(pointer));
          expect({ pointer, value: origin?.value, later }).toEqual({ pointer, value, later: later.map(() => value) });
          expect(before?.has(pointer) === true && same(before.get(pointer), value)).toBe(false);
        }
        // What is told beyond that is gone.
        const gone = [...origins.values()].filter(({ pointer }) => !final.has(pointer));
        expect(gone.map(({ value }) => value)).toEqual(gone.map(() => null));
      }),
      { numRuns: RUNS },
    );
  });

  it('is narrowed to values and what is in them', () => {
    const { events } = historyOf([
      { kind: 'ANSWER', pick: 0 },
      { kind: 'ANSWER', pick: 0 },
    ]);
    const found = originsOf(events, ['/erp', '/lines/0/quantities/reserved'], ALL);
    expect(found.map(({ pointer }) => pointer)).toContain('/erp/salesOrder');
    expect(found.every(({ pointer }) => /^\/erp\/|^\/lines\/0\/quantities\/reserved$/.test(pointer))).toBe(true);
    expect(found.find(({ pointer }) => pointer === '/erp/salesOrder')?.event.type).toBe('SalesOrderPosted');
    expect(originsOf(events, ['/er'], ALL)).toEqual([]);
  });

  it('without pointers begins with what changed last, and is bounded', () => {
    const { events } = historyOf([{ kind: 'ANSWER', pick: 0 }]);
    const found = originsOf(events, undefined, 3);
    expect(found).toHaveLength(3);
    expect(found[0]?.event.streamVersion).toBe(events.length);
  });

  it.each([
    ['/erp', true],
    ['/lines/0/sku', true],
    ['/attributes/a~1b', true],
    ['erp', false],
    ['', false],
    ['/a~2', false],
  ])('takes %s for a pointer: %s', (text, is) => {
    expect(isPointer(text)).toBe(is);
  });
});

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
