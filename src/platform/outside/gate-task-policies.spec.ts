import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/support/until.js';
import { Pressure, type TaskQueue, type TaskTarget, type Tier } from '../jobs/index.js';
import { GateTaskPolicies } from './gate-task-policies.js';
import { OutsideGate } from './outside-gate.js';
import { bankPolicies, changeOf } from './testing/bank.js';

const OPEN: TaskTarget = { system: 'bank', use: 'openAccount' };
const READ: TaskTarget = { system: 'bank', use: 'readStatement' };
const LATE_MS = 400_000;

let gate: OutsideGate;
let pressure: Pressure;
let policies: GateTaskPolicies;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
  gate = new OutsideGate();
  gate.policies.declare(bankPolicies());
  pressure = new Pressure();
  policies = new GateTaskPolicies(gate, pressure);
});
afterEach(() => {
  vi.useRealTimers();
});

/** A queue in which a task of each of these waits for too long. */
function queueOf(...targets: readonly (TaskTarget | undefined)[]): TaskQueue {
  const late = targets.map((target) => ({
    tier: 3 as Tier,
    ms: LATE_MS,
    ...(target === undefined ? {} : { target }),
  }));
  return { oldestReady: () => Promise.resolve(late) } as unknown as TaskQueue;
}

const ageOf = async (...targets: readonly (TaskTarget | undefined)[]): Promise<number | undefined> =>
  (await policies.signals(queueOf(...targets), 0)).oldestMs.get(3);

/** A call that the bank answers after so long. */
const answeredAfter = (ms: number): Promise<string> =>
  gate.pass(
    { system: 'bank', operation: 'Accounts.create' },
    () => {
      vi.setSystemTime(Date.now() + ms);
      return Promise.resolve('ok');
    },
    () => ({ outcome: 'ok' }),
  );

describe('the policies of tasks', () => {
  it('hold back what is paused, then what pressure keeps waiting', () => {
    expect(policies.heldBack(3, OPEN)).toBeUndefined();
    pressure.look({ commitLoad: 1, oldestMs: new Map() });
    expect(policies.heldBack(3, OPEN)).toContain('the commit queue is full');
    expect(policies.heldBack(1, OPEN)).toBeUndefined();
    gate.policies.replaceChanges([changeOf('*', { paused: true, reason: 'stocktaking' })]);
    expect(policies.heldBack(1, OPEN)).toContain('stocktaking');
    expect(policies.heldBack(1, undefined)).toBeUndefined();
  });

  it('give the retries of the operation that writes', () => {
    expect(policies.retry(OPEN)).toEqual({ limit: 3, delayS: 1, delaySMax: 4 });
    expect(policies.retry({ system: 'bank', use: 'close' })).toBeUndefined();
  });

  it('take late work for pressure', async () => {
    expect(await ageOf(OPEN)).toBe(LATE_MS);
    await answeredAfter(10);
    expect(await ageOf(OPEN)).toBe(LATE_MS);
  });

  it('do not where an operator or the other side keeps it back', async () => {
    gate.policies.replaceChanges([changeOf('writes', { paused: true })]);
    expect(await ageOf(OPEN)).toBeUndefined();
    expect(await ageOf(OPEN, READ)).toBe(LATE_MS);
    gate.policies.replaceChanges([]);
    await answeredAfter(1_000);
    expect(await ageOf(OPEN)).toBeUndefined();
    expect(await ageOf(READ)).toBe(LATE_MS);
    // Of a kind that calls several systems nothing more is known than its tier.
    expect(await ageOf(undefined)).toBeUndefined();
    vi.setSystemTime(Date.now() + 15_000);
    expect(await ageOf(OPEN)).toBe(LATE_MS);
  });

  it('do not where calls wait for their place or their token', async () => {
    const ends: (() => void)[] = [];
    const slow = [1, 2, 3].map(() =>
      gate.pass(
        { system: 'bank', operation: 'Accounts.create' },
        () => new Promise<string>((resolve) => ends.push(() => resolve('ok'))),
        () => ({ outcome: 'ok' }),
      ),
    );
    await eventually(() => expect(ends).toHaveLength(2));
    expect(await ageOf(OPEN)).toBeUndefined();
    ends.forEach((end) => end());
    await eventually(() => expect(ends).toHaveLength(3));
    ends.at(-1)?.();
    await Promise.all(slow);
    gate.policies.replaceChanges([changeOf('Statement.get', { changes: { rate: { perSecond: 0.001, burst: 1 } } })]);
    const read = (): Promise<string> =>
      gate.pass(
        { system: 'bank', operation: 'Statement.get' },
        () => Promise.resolve('ok'),
        () => ({ outcome: 'ok' }),
      );
    await read();
    expect(await ageOf(READ)).toBe(LATE_MS);
    await expect(read()).rejects.toThrow('nothing was sent');
    expect(await ageOf(READ)).toBeUndefined();
  });
});
