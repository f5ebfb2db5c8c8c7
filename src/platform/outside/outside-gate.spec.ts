import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/support/until.js';
import type { OperationPolicy } from './operation-policy.js';
import { OutsideError } from './outside-error.js';
import { OutsideGate, type CallObservation, type OutsideCall, type Verdict } from './outside-gate.js';
import { bankPolicies, changeOf } from './testing/bank.js';

const CALL = { system: 'bank', operation: 'Accounts.create' };
const DOWN = new OutsideError('transient', 'no answer', CALL);
const RATE = { perSecond: 2, burst: 3, of: 'OPERATION', waitMsMax: 5_000 } as const;

let sleeps: number[];
let seen: CallObservation[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
  sleeps = [];
  seen = [];
});
afterEach(() => {
  vi.useRealTimers();
});

const later = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

async function wait(ms: number): Promise<void> {
  sleeps.push(ms);
  later(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

/** A gate whose clock only sleeping and `later` move. */
function gateOf(own: Partial<OperationPolicy> = {}): OutsideGate {
  const gate = new OutsideGate({ sleep: wait });
  gate.policies.declare(bankPolicies(own));
  gate.onCall((observed) => seen.push(observed));
  return gate;
}

const callOf = (account: string): OutsideCall => ({ ...CALL, account: { id: account } });
const answerOk = (): Promise<string> => Promise.resolve('ok');
const fail = (): Promise<string> => Promise.reject(DOWN);

function call(
  gate: OutsideGate,
  exchange: () => Promise<string> = answerOk,
  verdict: Verdict = { outcome: 'ok' },
  of: OutsideCall = CALL,
): Promise<string> {
  return gate.pass(of, exchange, () => verdict);
}

async function failureOf(promise: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof OutsideError) return error;
  throw new Error('an OutsideError was expected', { cause: error });
}

describe('the gate to the outside', () => {
  it('lets no call through that is not declared', async () => {
    await expect(call(gateOf(), answerOk, { outcome: 'ok' }, { ...CALL, operation: 'Accounts.close' })).rejects.toThrow(
      'not declared',
    );
  });

  it('lets so many calls through at once, and the others in their turn', async () => {
    const gate = gateOf();
    const ends: (() => void)[] = [];
    const calls = [1, 2, 3, 4].map((id) =>
      call(gate, () => new Promise((resolve) => ends.push(() => resolve(String(id))))),
    );
    await eventually(() => expect(ends).toHaveLength(2));
    ends[0]?.();
    await eventually(() => expect(ends).toHaveLength(3));
    ends[1]?.();
    await eventually(() => expect(ends).toHaveLength(4));
    ends.slice(2).forEach((end) => end());
    expect(await Promise.all(calls)).toEqual(['1', '2', '3', '4']);
  });

  describe('the breaker', () => {
    it('opens after so many failures in a row, and only the failing operation’s', async () => {
      const gate = gateOf();
      for (let n = 0; n < 2; n += 1) await failureOf(call(gate, fail));
      await call(gate);
      for (let n = 0; n < 3; n += 1) expect(await failureOf(call(gate, fail))).toBe(DOWN);
      let sent = 0;
      const refused = await failureOf(call(gate, () => Promise.resolve(String((sent += 1)))));
      expect(refused).toMatchObject({
        kind: 'transient',
        details: { notSent: true, outcomeUnknown: false, retryAfterMs: 10_000 },
      });
      expect(refused.message).toContain('bank Accounts.create is not called for 10 s');
      expect(sent).toBe(0);
      expect(await call(gate, answerOk, { outcome: 'ok' }, { ...CALL, operation: 'Accounts.read' })).toBe('ok');
      expect(gate.heldBack('bank', 'openAccount')).toContain('is not called');
      expect(gate.heldBack('bank', 'readAccount')).toBeUndefined();
    });

    it('lets one call try after its time: closed again when that is good, open again when it is not', async () => {
      const gate = gateOf();
      for (let n = 0; n < 3; n += 1) await failureOf(call(gate, fail));
      later(10_000);
      expect(gate.heldBack('bank', 'openAccount')).toBeUndefined();
      expect(await failureOf(call(gate, fail))).toBe(DOWN);
      expect((await failureOf(call(gate))).details.notSent).toBe(true);
      later(10_000);
      expect(await call(gate)).toBe('ok');
      expect(await call(gate)).toBe('ok');
      expect(gate.breakers()[0]).toMatchObject({
        operation: 'Accounts.create',
        state: 'CLOSED',
        lastError: 'no answer',
      });
    });

    it('sends nothing while its one try hangs, and sends those away who waited for it when it fails', async () => {
      const gate = gateOf();
      for (let n = 0; n < 3; n += 1) await failureOf(call(gate, fail));
      later(10_000);
      const probe = Promise.withResolvers<string>();
      const tried = failureOf(call(gate, () => probe.promise));
      let sent = 0;
      const others = [1, 2, 3].map(() => failureOf(call(gate, () => Promise.resolve(String((sent += 1))))));
      await new Promise((resolve) => setImmediate(resolve));
      probe.reject(DOWN);
      expect(await tried).toBe(DOWN);
      for (const other of await Promise.all(others)) expect(other.details.notSent).toBe(true);
      expect(sent).toBe(0);
    });

    it('counts answers that say "down", and gives them to the caller; refusals are answers', async () => {
      const gate = gateOf();
      for (let n = 0; n < 5; n += 1) expect(await call(gate, answerOk, { outcome: 'rejected' })).toBe('ok');
      const down = { outcome: 'transient', down: 'bank answered with 503' };
      for (let n = 0; n < 3; n += 1) expect(await call(gate, answerOk, down)).toBe('ok');
      expect((await failureOf(call(gate))).details.notSent).toBe(true);
      expect(gate.breakers()[0]).toMatchObject({ state: 'OPEN', lastError: 'bank answered with 503' });
    });

    it('takes other numbers at run time', async () => {
      const gate = gateOf();
      gate.policies.replaceChanges([changeOf('*', { changes: { breaker: { failures: 1 } } })]);
      await failureOf(call(gate, fail));
      expect((await failureOf(call(gate))).details.notSent).toBe(true);
    });
  });

  it('sends nothing of what is paused', async () => {
    const gate = gateOf();
    gate.policies.replaceChanges([changeOf('writes', { paused: true, reason: 'stocktaking' })]);
    let sent = 0;
    const refused = await failureOf(call(gate, () => Promise.resolve(String((sent += 1)))));
    expect(refused.message).toBe('bank writes is paused by ops: stocktaking; nothing was sent');
    expect(refused.details).toMatchObject({ notSent: true, retryAfterMs: 5_000 });
    expect(sent).toBe(0);
    expect(gate.heldBack('bank', 'openAccount')).toContain('stocktaking');
    gate.policies.replaceChanges([]);
    expect(await call(gate)).toBe('ok');
  });

  describe('the rate', () => {
    it('lets a burst through, then a call for each token; who waited gives the others time to arrive', async () => {
      const gate = gateOf({ rate: RATE, concurrencyMax: 10 });
      const start = Date.now();
      await Promise.all([1, 2, 3].map(() => call(gate)));
      expect(Date.now() - start).toBe(0);
      await call(gate);
      expect(sleeps).toEqual([750]);
    });

    it('sends away who would wait too long, with when to come again', async () => {
      const gate = gateOf({ rate: { ...RATE, perSecond: 0.01 } });
      for (let n = 0; n < 3; n += 1) await call(gate);
      const refused = await failureOf(call(gate));
      expect(refused).toMatchObject({ kind: 'throttled', details: { notSent: true, retryAfterMs: 100_000 } });
      expect(sleeps).toEqual([]);
    });

    it('lets nothing out for as long as the other side asks, and no burst after it', async () => {
      const gate = gateOf({ rate: RATE });
      await call(gate, answerOk, { outcome: 'throttled', throttled: true, retryAfterMs: 60_000 });
      expect((await failureOf(call(gate))).details.retryAfterMs).toBe(60_000);
      later(60_000);
      await call(gate);
      expect(sleeps).toEqual([750]);
    });

    it('does not believe a vendor that sends it away for good', async () => {
      const gate = gateOf();
      await call(gate, answerOk, { outcome: 'throttled', throttled: true, retryAfterMs: 1e15 });
      expect((await failureOf(call(gate))).details.retryAfterMs).toBe(3_600_000);
    });

    it('without a budget rests for as long as Retry-After says', async () => {
      const gate = gateOf();
      await call(gate, answerOk, { outcome: 'throttled', throttled: true, retryAfterMs: 2_000 });
      expect((await failureOf(call(gate))).details).toMatchObject({ notSent: true, retryAfterMs: 2_000 });
      later(2_000);
      expect(await call(gate)).toBe('ok');
    });

    it('is each account’s own, and another where the vendor tells it', async () => {
      const gate = gateOf({ rate: { ...RATE, waitMsMax: 0 } });
      for (let n = 0; n < 3; n += 1) await call(gate, answerOk, { outcome: 'ok', perSecond: 0.5 }, callOf('a'));
      expect((await failureOf(call(gate, answerOk, { outcome: 'ok' }, callOf('a')))).details.retryAfterMs).toBe(2_000);
      expect(await call(gate, answerOk, { outcome: 'ok' }, callOf('b'))).toBe('ok');
    });

    it('of a group holds for all its operations together', async () => {
      const gate = gateOf();
      gate.policies.replaceChanges([changeOf('*', { changes: { rate: { perSecond: 0.01, burst: 2 } } })]);
      await call(gate);
      await call(gate, answerOk, { outcome: 'ok' }, { ...CALL, operation: 'Accounts.read' });
      expect((await failureOf(call(gate))).kind).toBe('throttled');
    });
  });

  it('tells what became of each call', async () => {
    const gate = gateOf({ breaker: { failures: 1, openMs: 1_000 } });
    await call(gate);
    await call(gate, answerOk, { outcome: 'rejected' });
    await failureOf(call(gate, fail));
    await failureOf(call(gate));
    expect(seen.map(({ outcome }) => outcome)).toEqual(['ok', 'rejected', 'transient', 'held']);
  });
});
