import { serverAudits, type AuditResult } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { READ, startGraphHub, type GraphHub } from './spec-support.js';

let hub: GraphHub;
let authorization: string;

beforeAll(async () => {
  hub = await startGraphHub();
  // Some audits ask for the schema.
  authorization = `Bearer ${await hub.token({ scopes: [...READ, 'graphql:introspect'] })}`;
});

afterAll(() => hub.close());

/** The suite knows of no tokens. */
function withToken(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', authorization);
  return fetch(url, { ...init, headers });
}

function get(query: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${hub.url}/graphql?${new URLSearchParams({ query }).toString()}`, { headers });
}

function sentenceOf(result: AuditResult): string {
  return `${result.status}: ${result.name}${'reason' in result ? ` (${result.reason})` : ''}`;
}

describe('GraphQL over HTTP', () => {
  it('passes every audit of graphql-http, what it must, should and may do', async () => {
    const audits = serverAudits({ url: `${hub.url}/graphql`, fetchFn: withToken });
    expect(audits.length).toBeGreaterThan(50);
    const results: AuditResult[] = [];
    for (const audit of audits) results.push(await audit.fn());
    expect(results.filter(({ status }) => status !== 'ok').map(sentenceOf)).toEqual([]);
  });

  it('answers a GET that no foreign page can send, and changes nothing by one', async () => {
    expect((await get('{ __typename }', { authorization })).status).toBe(200);
    // Without the header, which a browser sends to no other site by itself.
    const foreign = await get('{ __typename }', {});
    expect(foreign.status).toBe(400);
    expect(await foreign.text()).toContain('CSRF');
    const change = await get('mutation { stopReplay(id: "1") { __typename } }', { authorization });
    expect(change.status).toBe(405);
  });

  it('gives the schema as text to those who may read it', async () => {
    const answer = await fetch(`${hub.url}/graphql/schema.graphql`, { headers: { authorization } });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('type Subscription {');
    const reader = `Bearer ${await hub.token()}`;
    const refused = await fetch(`${hub.url}/graphql/schema.graphql`, { headers: { authorization: reader } });
    expect(refused.status).toBe(403);
  });
});
