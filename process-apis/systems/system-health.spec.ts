import { describe, expect, it } from 'vitest';
import { BACKLOG_LATE_MS, systemHealth, type OperationSigns } from './system-health.js';

const AT = '2026-11-21T12:00:00.000Z';
const EARLIER = '2026-11-21T11:00:00.000Z';
const NOW = Date.parse(AT);

function operation(name: string, signs: Partial<OperationSigns> = {}): OperationSigns {
  return { operation: name, write: true, ...signs };
}

const closed = { breaker: { state: 'CLOSED', since: EARLIER } } as const;
const open = { breaker: { state: 'OPEN', since: EARLIER, lastError: 'no answer' } } as const;

describe('how the hub gets on with a system', () => {
  it('is well while nothing is wrong, and nobody called', () => {
    const well = { state: 'OK', reason: null, since: null };
    expect(systemHealth([], [], NOW)).toEqual(well);
    expect(systemHealth([operation('a', closed), operation('b')], [{ kind: 'x.y' }], NOW)).toEqual(well);
    const justReady = new Date(NOW - BACKLOG_LATE_MS).toISOString();
    expect(systemHealth([], [{ kind: 'x.y', oldestReadyAt: justReady }], NOW)).toEqual(well);
    expect(systemHealth([operation('a', { restsUntil: AT })], [], NOW)).toEqual(well);
  });

  it('is down when half or more of what is called fails, and degraded when less does', () => {
    expect(systemHealth([operation('a', open), operation('b')], [], NOW)).toEqual({
      state: 'DOWN',
      reason: 'a fails: no answer',
      since: EARLIER,
    });
    const halfOpen = { breaker: { state: 'HALF_OPEN', since: AT } } as const;
    const two = [operation('a', open), operation('b', closed), operation('c', halfOpen)];
    expect(systemHealth(two, [], NOW)).toMatchObject({
      state: 'DOWN',
      reason: '2 of 3 operations that are called fail (a, c): no answer',
      since: EARLIER,
    });
    const one = [operation('a', halfOpen), operation('b', closed), operation('c', closed)];
    expect(systemHealth(one, [], NOW)).toEqual({
      state: 'DEGRADED',
      reason: '1 of 3 operations that are called fail (a)',
      since: AT,
    });
  });

  it('is paused when a person stopped all of it, or all that writes, whatever fails', () => {
    const stopped = { paused: 'x is paused by ada: stocktaking', pausedAt: AT };
    const read = operation('read', { ...open, write: false });
    expect(systemHealth([operation('a', stopped), read], [], NOW)).toEqual({
      state: 'PAUSED',
      reason: 'x is paused by ada: stocktaking',
      since: AT,
    });
    const reads = [{ ...read, ...stopped, pausedAt: EARLIER }];
    expect(systemHealth(reads, [], NOW)).toMatchObject({ state: 'PAUSED', since: EARLIER });
    expect(systemHealth([read], [], NOW)).toMatchObject({ state: 'DOWN' });
    const some = [operation('a', stopped), operation('b', closed)];
    expect(systemHealth(some, [], NOW)).toMatchObject({ state: 'DEGRADED', reason: stopped.paused, since: AT });
  });

  it('is degraded while the other side wants a rest, or work waits for long', () => {
    const restsUntil = new Date(NOW + 1).toISOString();
    expect(systemHealth([operation('a', { restsUntil })], [], NOW)).toEqual({
      state: 'DEGRADED',
      reason: `a rests until ${restsUntil}: the other side asked for it`,
      since: null,
    });
    const backlog = [
      { kind: 'x.late', oldestReadyAt: new Date(NOW - BACKLOG_LATE_MS - 1).toISOString() },
      { kind: 'x.later', oldestReadyAt: EARLIER },
    ];
    expect(systemHealth([], backlog, NOW)).toEqual({
      state: 'DEGRADED',
      reason: 'x.later has waited for 60 minutes',
      since: EARLIER,
    });
  });
});
