import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { declarePolicies } from './operation-policy.js';
import { OutsideError } from './outside-error.js';
import { OutsideGate } from './outside-gate.js';
import { kindOfStatus, OutsideHttp, parseRetryAfter, type OutsideRequest } from './outside-http.js';

const open: { readonly server: Server; readonly http: OutsideHttp }[] = [];

const BANK = declarePolicies(
  {
    system: 'bank',
    tier: 3,
    timeoutMs: 5_000,
    concurrencyMax: 4,
    breaker: { failures: 100, openMs: 1_000 },
    retry: { limit: 3, delayS: 1, delaySMax: 4 },
    source: 'this spec',
  },
  {
    'Accounts.create': { write: true },
    'Accounts.call': { write: true },
    'Accounts.read': { write: false },
    'Statement.get': { write: false },
    'Token.get': { write: false, confidential: true },
  },
);

function bank(timeoutMs?: number): OutsideHttp {
  return new OutsideHttp('bank', BANK, new OutsideGate(), timeoutMs);
}

async function outside(
  listener: RequestListener,
  timeoutMs?: number,
): Promise<{ readonly http: OutsideHttp; readonly url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');
  const http = bank(timeoutMs);
  open.push({ server, http });
  return { http, url: `http://127.0.0.1:${address.port}/accounts` };
}

afterEach(async () => {
  for (const { server, http } of open.splice(0)) {
    server.closeAllConnections();
    server.close();
    await http.close();
  }
});

async function failureOf(http: OutsideHttp, outgoing: OutsideRequest): Promise<OutsideError> {
  const error: unknown = await http.send(outgoing).catch((thrown: unknown) => thrown);
  if (error instanceof OutsideError) return error;
  throw new Error('an OutsideError was expected', { cause: error });
}

describe('OutsideHttp', () => {
  it('gives every answer back as it is: status, joined headers, cookies, text', async () => {
    const { http, url } = await outside((incoming, answer) => {
      answer.statusCode = 409;
      answer.setHeader('X-Many', ['a', 'b']);
      answer.setHeader('Set-Cookie', ['s=1', 't=2']);
      incoming.pipe(answer);
    });
    const answer = await http.send({ method: 'POST', url, operation: 'Accounts.create', body: 'ünïcode' });
    expect(answer).toMatchObject({ status: 409, text: 'ünïcode', cookies: ['s=1', 't=2'] });
    expect(answer.headers).toMatchObject({ 'x-many': 'a, b' });
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it('keeps a body that is no text byte by byte', async () => {
    const { http, url } = await outside((_, answer) => answer.end(Buffer.from([0x1f, 0x8b, 0x00, 0xff])));
    const answer = await http.send({ method: 'GET', url, operation: 'Statement.get' });
    expect([...answer.bytes]).toEqual([0x1f, 0x8b, 0x00, 0xff]);
  });

  it('knows that a refused connection had no effect', async () => {
    const http = bank();
    const error = await failureOf(http, { method: 'POST', url: 'http://127.0.0.1:1/', operation: 'Accounts.create' });
    expect(error).toMatchObject({ kind: 'transient', code: 'OUTSIDE_TRANSIENT', details: { outcomeUnknown: false } });
    expect(error.message).toBe('bank did not answer Accounts.create: ECONNREFUSED');
    await http.close();
  });

  it.each([
    ['POST', true],
    ['GET', false],
  ] as const)('does not know what became of a broken %s: %s', async (method, outcomeUnknown) => {
    const { http, url } = await outside((incoming) => incoming.socket.destroy());
    const error = await failureOf(http, { method, url, operation: 'Accounts.call' });
    expect(error).toMatchObject({
      kind: 'transient',
      details: { system: 'bank', operation: 'Accounts.call', outcomeUnknown },
    });
  });

  it('waits for an answer only so long', async () => {
    const { http, url } = await outside(() => {}, 50);
    const error = await failureOf(http, { method: 'GET', url, operation: 'Accounts.read' });
    expect(error.message).toBe('bank did not answer Accounts.read: time-out');
  });

  it('waits as long as this installation says, or an operator said last', async () => {
    const gate = new OutsideGate();
    const { url } = await outside(() => {});
    const http = new OutsideHttp('bank', BANK, gate, 50);
    await failureOf(http, { method: 'GET', url, operation: 'Accounts.read' });
    const change = {
      system: 'bank',
      operation: '*',
      paused: false,
      changedBy: 'ops',
      changedAt: '2026-01-01T00:00:00Z',
    };
    gate.policies.replaceChanges([{ ...change, changes: { timeoutMs: 400 } }]);
    const started = performance.now();
    await failureOf(http, { method: 'GET', url, operation: 'Accounts.read' });
    expect(performance.now() - started).toBeGreaterThan(300);
    await http.close();
  });

  it('keeps what was said as evidence: cut, without the query, and nothing where it is confidential', async () => {
    const { http, url } = await outside((_, answer) => {
      answer.statusCode = 422;
      answer.end('n'.repeat(9_000));
    });
    const request = { method: 'POST', url: `${url}?key=secret`, body: 'b'.repeat(9_000) } as const;
    const answer = await http.send({ ...request, operation: 'Accounts.create' });
    expect(http.failure('Accounts.create', answer).details.exchange).toEqual({
      method: 'POST',
      url,
      status: 422,
      request: 'b'.repeat(4_000),
      answer: 'n'.repeat(4_000),
    });
    const secret = await http.send({ ...request, operation: 'Token.get' });
    expect(http.failure('Token.get', secret).details).not.toHaveProperty('exchange');
    const unheard = await failureOf(bank(), {
      ...request,
      url: 'http://127.0.0.1:1/?key=secret',
      operation: 'Accounts.call',
    });
    expect(unheard.details.exchange).toEqual({
      method: 'POST',
      url: 'http://127.0.0.1:1/',
      request: 'b'.repeat(4_000),
    });
  });

  it('turns a bad answer into the error that says what to do', async () => {
    const http = bank();
    const answer = { status: 429, headers: { 'retry-after': '2' }, cookies: [], text: '{"m":"slow"}' };
    const error = http.failure('Accounts.read', answer, () => 'slow down');
    expect(error).toMatchObject({
      kind: 'throttled',
      details: { status: 429, retryAfterMs: 2000, outcomeUnknown: false },
    });
    expect(error.message).toBe('bank answered Accounts.read with 429: slow down');
    expect(http.failure('x', { ...answer, status: 502, text: '' }).message).toContain('(no text)');
    expect(http.failure('x', { ...answer, status: 502 }).details.outcomeUnknown).toBe(true);
    await http.close();
  });
});

describe('the reading of answers', () => {
  it.each([
    [429, 'throttled'],
    [401, 'authentication'],
    [403, 'authentication'],
    [408, 'transient'],
    [503, 'transient'],
    [404, 'rejected'],
    [422, 'rejected'],
  ] as const)('takes %i as %s', (status, kind) => {
    expect(kindOfStatus(status)).toBe(kind);
  });

  it('reads Retry-After as seconds and as a date, and nothing else', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(parseRetryAfter('3', now)).toBe(3000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:09 GMT', now)).toBe(9000);
    expect(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('99999999999', now)).toBe(3_600_000);
    expect(parseRetryAfter('Thu, 01 Jan 2099 00:00:09 GMT', now)).toBe(3_600_000);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter(undefined, now)).toBeUndefined();
  });
});
