import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { isDatabaseUnavailable } from './unavailable.js';

function withCode(code: string): Error {
  return Object.assign(new Error('said by the server'), { code });
}

describe('isDatabaseUnavailable', () => {
  it('knows a server that nobody listens for', async () => {
    const error = await new pg.Client('postgres://nobody@127.0.0.1:1/none').connect().catch((cause: unknown) => cause);
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it.each(['57P01', '57P03', '53300', '08006', 'ECONNRESET'])('knows the code %s', (code) => {
    expect(isDatabaseUnavailable(withCode(code))).toBe(true);
  });

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])('knows "%s"', (said) => {
    expect(isDatabaseUnavailable(new Error(said))).toBe(true);
  });

  it.each([withCode('23505'), withCode('57014'), new Error('no such order'), 'ECONNREFUSED'])('lets %s be', (error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});
