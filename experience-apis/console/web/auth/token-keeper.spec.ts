import { describe, expect, it } from 'vitest';
import { SignInEndedError, type Tokens } from './oidc.js';
import { TokenKeeper } from './token-keeper.js';

const START = 1_000_000;

function tokensUntil(expiresAt: number, count = 0, refreshToken: string | undefined = `refresh-${count}`): Tokens {
  return { accessToken: `token-${count}`, refreshToken, idToken: undefined, name: 'Ada', expiresAt };
}

/** A keeper with a clock that the test moves and an issuer that it plays. */
function keep(first = tokensUntil(START + 600_000)) {
  let now = START;
  let timer: { readonly at: number; readonly work: () => void } | undefined;
  let answer: (() => Promise<Tokens>) | undefined;
  const test = { renewals: 0, renewed: [] as string[], ended: 0 };
  const keeper = new TokenKeeper({
    tokens: first,
    now: () => now,
    later: (work, ms) => {
      const made = { at: now + ms, work };
      timer = made;
      return () => {
        if (timer === made) timer = undefined;
      };
    },
    renew: async () => {
      test.renewals += 1;
      return answer === undefined ? tokensUntil(now + 600_000, test.renewals) : answer();
    },
    onRenewed: ({ accessToken }) => test.renewed.push(accessToken),
    onEnded: () => {
      test.ended += 1;
    },
  });
  return Object.assign(test, {
    keeper,
    answerWith: (next: (() => Promise<Tokens>) | undefined) => {
      answer = next;
    },
    sleepUntil: (at: number) => {
      now = at;
    },
    /** The next timer, at its time. */
    async tick() {
      if (timer === undefined) throw new Error('nothing is planned');
      const { at, work } = timer;
      timer = undefined;
      now = at;
      work();
      await new Promise((resolve) => setTimeout(resolve, 0));
      return at - START;
    },
    planned: () => timer !== undefined,
  });
}

const ended = () => Promise.reject(new SignInEndedError('over'));
const away = () => Promise.reject(new TypeError('Failed to fetch'));

describe('the token of the page', () => {
  it('is another one a minute before it ends, and again', async () => {
    const test = keep();
    expect(await test.tick()).toBe(540_000);
    expect(test.renewed).toEqual(['token-1']);
    expect(await test.tick()).toBe(1_080_000);
    expect(await test.keeper.fresh()).toBe('token-2');
  });

  it('is renewed once, whoever asks', async () => {
    const test = keep();
    test.sleepUntil(START + 700_000);
    const given = await Promise.all([test.keeper.fresh(), test.keeper.fresh(), test.keeper.replace('token-0')]);
    expect(given).toEqual(['token-1', 'token-1', true]);
    expect(test.renewals).toBe(1);
  });

  it('that the hub refused is replaced, and another one is left alone', async () => {
    const test = keep();
    expect(await test.keeper.replace('token-0')).toBe(true);
    expect(await test.keeper.replace('token-0')).toBe(true);
    expect(test.renewals).toBe(1);
  });

  it('is tried for again while the issuer cannot be reached', async () => {
    const test = keep();
    test.answerWith(away);
    await test.tick();
    await test.tick();
    expect([test.renewals, test.ended]).toEqual([2, 0]);
    test.answerWith(undefined);
    await test.tick();
    expect(test.renewed).toEqual(['token-3']);
  });

  it('is asked for when the page wakes up late, and not when it wakes up early', async () => {
    const test = keep();
    test.keeper.wake();
    expect(test.renewals).toBe(0);
    test.sleepUntil(START + 590_000);
    test.keeper.wake();
    expect(await test.keeper.replace('token-0')).toBe(true);
    expect(test.renewals).toBe(1);
  });

  it('is over when the issuer says so', async () => {
    const test = keep();
    test.answerWith(ended);
    await test.tick();
    expect([test.ended, test.planned()]).toEqual([1, false]);
    expect(await test.keeper.replace('token-0')).toBe(false);
    expect(test.renewals).toBe(1);
  });

  it('of an issuer without refresh tokens is good until its end', async () => {
    const test = keep({ ...tokensUntil(START + 600_000), refreshToken: undefined });
    test.answerWith(ended);
    await test.tick();
    expect(test.ended).toBe(0);
    expect(await test.keeper.fresh()).toBe('token-0');
    expect(await test.tick()).toBe(600_000);
    expect(test.ended).toBe(1);
  });

  it('asks for nothing once the person has signed out', async () => {
    const test = keep();
    test.keeper.stop();
    expect(test.planned()).toBe(false);
    expect(await test.keeper.replace('token-0')).toBe(false);
    expect(test.renewals).toBe(0);
  });
});
