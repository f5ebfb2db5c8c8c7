import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Param } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpModule } from '../http/http.module.js';
import { startTestApp, type TestApp } from '../http/testing/start-test-app.js';
import { Caller, PublicEndpoint, OpenToChannels, Scopes } from './auth.decorators.js';
import type { AuthenticatedContext } from './auth.guard.js';
import { AuthModule } from './auth.module.js';
import { EmbeddedIssuer } from './embedded-issuer.js';
import type { Principal } from './principal.js';
import { requireChannel } from './require-channel.js';

const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-guard-'));

@Controller('things')
@Scopes('things:read')
class ThingsController {
  @Get('open')
  @PublicEndpoint('Nothing to hide.')
  open(): string {
    return 'open';
  }

  @Get('mine')
  mine(@Caller() caller: Principal): object {
    return { subject: caller.subject };
  }

  @Get('admin')
  @Scopes('things:write', 'things:admin')
  admin(): string {
    return 'admin';
  }

  @Get('of/:channel')
  @OpenToChannels()
  ofChannel(@Caller() caller: Principal, @Param('channel') channel: string): string {
    requireChannel(caller, channel);
    return channel;
  }
}

@Controller('plain')
class PlainController {
  @Get()
  plain(): string {
    return 'plain';
  }
}

@Resolver()
class ThingsResolver {
  @Query()
  @PublicEndpoint('Nothing to hide.')
  open(): string {
    return 'open';
  }

  @Query()
  mine(): string {
    return 'mine';
  }

  @Query()
  @Scopes('things:read')
  scoped(): string {
    return 'scoped';
  }
}

/** What the connection knows, in place of the real context factory: the test sets it. */
let operationContext: AuthenticatedContext = {};

let test: TestApp;
let issuer: EmbeddedIssuer;

beforeAll(async () => {
  test = await startTestApp({
    imports: [
      HttpModule,
      AuthModule.forRoot({ jwksUrl: undefined, jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir }),
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        typeDefs: 'type Query { open: String!, mine: String!, scoped: String! }',
        context: () => operationContext,
      }),
    ],
    controllers: [ThingsController, PlainController],
    providers: [ThingsResolver],
  });
  issuer = test.app.get(EmbeddedIssuer);
});

afterAll(async () => {
  await test.app.close();
  rmSync(dataDir, { recursive: true });
});

async function get(path: string, scopes?: readonly string[], channel?: string): Promise<request.Response> {
  const call = request(test.server).get(path);
  if (scopes === undefined) return call;
  const token = await issuer.issue({
    subject: 'ada',
    scopes,
    ttlSeconds: 60,
    ...(channel === undefined ? {} : { channel }),
  });
  return call.set('authorization', `Bearer ${token}`);
}

/** The field's value, or the sentence of the error. */
async function query(field: string, principal?: Principal): Promise<unknown> {
  operationContext = principal === undefined ? {} : { principal };
  const answer = await request(test.server)
    .post('/graphql')
    .send({ query: `{ ${field} }` });
  const { data, errors } = answer.body as { data?: Record<string, string>; errors?: { message: string }[] };
  return errors?.[0]?.message ?? data?.[field];
}

describe('an HTTP endpoint', () => {
  it('needs a token, unless it says that it does not', async () => {
    const refused = await get('/plain');
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="entrepot"');
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(refused.body).toMatchObject({ type: 'https://entrepot.dev/problems/unauthenticated', status: 401 });
    expect((await get('/things/open')).status).toBe(200);
    expect((await get('/livez')).status).toBe(200);
  });

  it('knows its caller', async () => {
    expect((await get('/plain', [])).text).toBe('plain');
    expect((await get('/things/mine', ['things:read'])).body).toEqual({ subject: 'ada' });
  });

  it.each([
    ['/things/mine', [], 'things:read'],
    ['/things/admin', ['things:write', 'things:admin'], 'things:read'],
    ['/things/admin', ['things:read', 'things:write'], 'things:admin'],
  ])('names the missing scope: %s with %j', async (path, scopes, missing) => {
    const answer = await get(path, scopes);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({
      type: 'https://entrepot.dev/problems/scope-missing',
      detail: `The token needs the scope "${missing}".`,
    });
    expect(answer.headers['www-authenticate']).toContain(`error="insufficient_scope", scope="${missing}"`);
  });

  it('opens with all scopes of the class and the method', async () => {
    expect((await get('/things/admin', ['things:read', 'things:write', 'things:admin'])).text).toBe('admin');
  });

  it('shows a caller of one channel no other, as if it did not exist', async () => {
    expect((await get('/things/of/acme', ['things:read'], 'acme')).text).toBe('acme');
    expect((await get('/things/of/acme', ['things:read'])).text).toBe('acme');
    const answer = await get('/things/of/other', ['things:read'], 'acme');
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({
      type: 'https://entrepot.dev/problems/unknown-account',
      detail: 'There is no account "other".',
    });
  });

  it('is closed to a token of one channel, unless it says otherwise, whatever its scopes', async () => {
    const answer = await get('/things/mine', ['things:read'], 'acme');
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ type: 'https://entrepot.dev/problems/not-for-channels' });
  });

  it('that does not exist is 404 without a token too', async () => {
    expect((await get('/nowhere')).status).toBe(404);
  });
});

describe('a GraphQL operation', () => {
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  const ada: Principal = { subject: 'ada', scopes: new Set(), expiresAt: inAnHour };

  it('needs a principal in its context, unless the field says that it does not', async () => {
    expect(await query('open')).toBe('open');
    expect(await query('mine')).toBe('Send a token in the header "Authorization: Bearer <token>".');
    expect(await query('mine', ada)).toBe('mine');
  });

  it('needs the scopes of the field', async () => {
    expect(await query('scoped', ada)).toBe('The token needs the scope "things:read".');
    expect(await query('scoped', { ...ada, scopes: new Set(['things:read']) })).toBe('scoped');
  });

  it('ends with the token that opened its connection', async () => {
    expect(await query('mine', { ...ada, expiresAt: inAnHour - 3601 })).toBe('The token has expired.');
  });
});
