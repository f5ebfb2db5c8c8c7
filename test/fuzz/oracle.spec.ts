import { describe, expect, it } from 'vitest';
import { faultOf, type FuzzAnswer } from './oracle.js';

function problem(status: number, code: string, headers: Readonly<Record<string, string>> = {}): FuzzAnswer {
  const body = { type: `https://entrepot.dev/problems/${code}`, title: 'T', status, detail: 'A sentence.' };
  return { status, headers: { 'content-type': 'application/problem+json', ...headers }, body: JSON.stringify(body) };
}

function graph(status: number, body: object): FuzzAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

const CODED = { errors: [{ message: 'No.', extensions: { code: 'BAD_USER_INPUT' } }] };
const INSIDE = { errors: [{ message: 'Oh.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] };

describe('what an answer may be', () => {
  it.each([
    ['a success', 'problem', graph(200, {})],
    ['a problem with a code', 'problem', problem(422, 'invalid-request')],
    [
      'a database that is away, with the time to wait',
      'problem',
      problem(503, 'database-unavailable', { 'retry-after': '5' }),
    ],
    ['data of the graph', 'graphql', graph(200, { data: null })],
    ['a coded error of the graph', 'graphql', graph(400, CODED)],
    ['an error of OAuth', 'oauth', graph(400, { error: 'invalid_request' })],
    [
      'a page that says no',
      'page',
      { status: 403, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<p>No' },
    ],
    ['a page that sends on', 'page', graph(303, {})],
  ] as const)('%s', (_, form, answer) => {
    expect(faultOf(form, answer)).toBeUndefined();
  });

  it.each([
    ['a fault inside', 'problem', problem(500, 'internal-error')],
    ['a fault inside that hides behind a 4xx', 'problem', problem(422, 'failed-inside')],
    ['503 without the time to wait', 'problem', problem(503, 'busy')],
    ['a problem without a code', 'problem', problem(400, '')],
    ['a refusal that is no problem document', 'problem', graph(400, { message: 'no' })],
    ['a redirection', 'problem', graph(302, {})],
    ['a page that breaks', 'page', { status: 500, headers: { 'content-type': 'text/html' }, body: '<p>Oh' }],
    ['a fault in the graph', 'graphql', graph(200, INSIDE)],
    ['a graph that says nothing', 'graphql', graph(200, {})],
  ] as const)('not %s', (_, form, answer) => {
    expect(faultOf(form, answer)).toBeTypeOf('string');
  });
});
