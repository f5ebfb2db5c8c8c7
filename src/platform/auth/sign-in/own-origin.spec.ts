import { describe, expect, it } from 'vitest';
import { ownOrigin } from './own-origin.js';

describe('the origin of the hub', () => {
  it('is the configured one, whatever the request says', () => {
    const request = { headers: { host: 'evil.test', 'x-forwarded-host': 'worse.test', 'x-forwarded-proto': 'https' } };
    expect(ownOrigin('https://hub.test/below', request)).toBe('https://hub.test');
    expect(ownOrigin(undefined, request)).toBe('http://evil.test');
  });

  it.each(['', '[', 'hub:port', 'a b'])(
    'cannot be read from the Host header %j, which is the fault of the sender',
    (host) =>
      expect(() => ownOrigin(undefined, { headers: { host } })).toThrow(
        expect.objectContaining({ problem: expect.objectContaining({ status: 400 }) as object }) as Error,
      ),
  );
});
