import { describe, expect, it } from 'vitest';
import {
  afterEffect,
  afterFailure,
  isFinal,
  kindOf,
  OUTSIDE_ERRORS,
  OutsideError,
  type OutsideErrorKind,
} from './outside-error.js';

const KINDS = Object.keys(OUTSIDE_ERRORS) as readonly OutsideErrorKind[];
const AT = { system: 'bank', operation: 'Accounts.create' };

describe('the error taxonomy', () => {
  it('ends at once what is useless to repeat, and nothing else', () => {
    expect(KINDS.filter(isFinal).toSorted()).toEqual(['contract', 'mapping', 'rejected']);
    for (const kind of KINDS)
      expect(afterFailure(new OutsideError(kind, 'no', AT), 'no').outcome).toBe(isFinal(kind) ? 'DEAD' : 'RETRY');
  });

  it('takes what no adapter foresaw as unknown, and tries it again', () => {
    expect(kindOf(new TypeError('x is undefined'))).toBe('unknown');
    expect(afterFailure(new TypeError('x is undefined'), 'it broke')).toEqual({ outcome: 'RETRY', error: 'it broke' });
  });

  it('hands on how long the other side wants to be left alone', () => {
    const error = new OutsideError('throttled', 'slow down', { ...AT, retryAfterMs: 7_000 });
    expect(afterFailure(error, 's')).toEqual({ outcome: 'RETRY', error: 's', retryAfterMs: 7_000 });
  });

  it('tries wrong credentials slowly', () => {
    const error = new OutsideError('authentication', 'who are you', { ...AT, retryAfterMs: 1_000 });
    expect(afterFailure(error, 's')).toMatchObject({ outcome: 'RETRY', retryAfterMs: 60_000 });
  });

  it('takes no try for what was not sent', () => {
    const error = new OutsideError('transient', 'paused', { ...AT, notSent: true, retryAfterMs: 900 });
    expect(afterFailure(error, 's')).toEqual({ outcome: 'HELD', error: 's', retryAfterMs: 900 });
  });

  it('takes one for what was not sent after something that was', async () => {
    const held = new OutsideError('transient', 'paused', { ...AT, notSent: true, retryAfterMs: 900 });
    const counted: unknown = await afterEffect(() => Promise.reject(held)).catch((thrown: unknown) => thrown);
    expect(counted).toMatchObject({ kind: 'transient', message: 'paused', details: { outcomeUnknown: true } });
    expect(afterFailure(counted, 's')).toEqual({ outcome: 'RETRY', error: 's', retryAfterMs: 900 });
    const refused = new OutsideError('rejected', 'no', AT);
    await expect(afterEffect(() => Promise.reject(refused))).rejects.toBe(refused);
    expect(await afterEffect(() => Promise.resolve(1))).toBe(1);
  });
});
