import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyOf, type Happening } from '../testing/history.js';
import { eventsUntil, foldEvents, statesOf } from './order-history.js';

const RUNS = 200;

const HAPPENINGS: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('ANSWER' as const, 'ANSWER' as const, 'TROUBLE' as const, 'WISH' as const, 'STOCK' as const),
    pick: fc.nat(1_000),
  }),
  { minLength: 5, maxLength: 30, size: 'max' },
);

describe('an order of the past', () => {
  it('is what was stored then, whatever happened to it', () => {
    fc.assert(
      fc.property(HAPPENINGS, (happenings) => {
        const { events, stored } = historyOf(happenings);
        for (const { at, order } of stored) expect(foldEvents(eventsUntil(events, at))).toEqual(order);
        expect(foldEvents(eventsUntil(events, '2020-01-01T00:00:00.000Z'))).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });

  it('between two records is what the first of them made', () => {
    const { events, stored } = historyOf([{ kind: 'ANSWER', pick: 0 }]);
    const [first, second] = stored;
    if (first === undefined || second === undefined) throw new Error('two facts were told');
    const between = new Date(Date.parse(second.at) - 1).toISOString();
    expect(foldEvents(eventsUntil(events, between))).toEqual(first.order);
  });

  it('takes an event as recorded when those before it were, since a commit that waits began earlier', () => {
    const { events } = historyOf([{ kind: 'ANSWER', pick: 0 }]);
    const last = events.at(-1);
    if (last === undefined) throw new Error('there are events');
    const overtaken = [...events.slice(0, -1), { ...last, recordedAt: '2020-01-01T00:00:00.000Z' }];
    expect(eventsUntil(overtaken, '2020-01-01T00:00:00.000Z')).toEqual([]);
    expect(eventsUntil(overtaken, '2030-01-01T00:00:00.000Z')).toHaveLength(events.length);
  });

  it('has one state for each event', () => {
    const { events } = historyOf([{ kind: 'ANSWER', pick: 0 }]);
    expect([...statesOf(events)].map(({ order }) => order.version)).toEqual(events.map((event) => event.streamVersion));
  });
});
