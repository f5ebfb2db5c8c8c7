import { Body, Controller, Get, Header, Headers, HttpCode, Ip, Optional, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { JSONWebKeySet } from 'jose';
import { LRUCache } from 'lru-cache';
import { TokenBucket } from '../outside/token-bucket.js';
import { PublicEndpoint } from './auth.decorators.js';
import { OAuthError, readClientCredentials, type ClientCredentials } from './client-credentials.js';
import { EmbeddedIssuer } from './embedded-issuer.js';
import { UserGrants, type UserTokens } from './sign-in/user-grants.js';
import { TokenClients, type TokenClient } from './token-clients.js';

const TTL_SECONDS = 3600;
const REQUESTS_PER_SECOND = 2;
const REQUESTS_BURST = 20;
const BUCKETS_MAX = 10_000;
/** All requests of unknown clients share one bucket: guessing ids is as slow as guessing one secret. */
const UNKNOWN_CLIENTS = '';

interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
}

interface OAuthErrorAnswer {
  readonly error: string;
  readonly error_description: string;
}

/**
 * The embedded issuer over HTTP: its public keys, tokens for registered clients (RFC 6749, client credentials), and for people
 * who signed in with a browser, where that is offered.
 */
@Controller()
export class EmbeddedIssuerController {
  private readonly buckets = new LRUCache<string, TokenBucket>({ max: BUCKETS_MAX });

  constructor(
    private readonly issuer: EmbeddedIssuer,
    private readonly clients: TokenClients,
    @Optional() private readonly people?: UserGrants,
  ) {}

  @Get('.well-known/jwks.json')
  @PublicEndpoint('Public keys are for everybody.')
  @Header('cache-control', 'public, max-age=300')
  jwks(): JSONWebKeySet {
    return this.issuer.jwks;
  }

  @Post('oauth/token')
  @HttpCode(200)
  @PublicEndpoint('The secret of the client, the code or the refresh token guards it, with a bound on the rate.')
  async token(
    @Body() form: unknown,
    @Headers('authorization') authorization: string | undefined,
    @Ip() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenAnswer | UserTokens | OAuthErrorAnswer> {
    void reply.header('cache-control', 'no-store');
    try {
      const forPeople = this.people === undefined ? undefined : answerPeople(this.people, form, address);
      return await (forPeople ?? this.answer(readClientCredentials(form, authorization)));
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      if (error.status === 401) void reply.header('www-authenticate', 'Basic realm="entrepot"');
      if (error.status === 429) void reply.header('retry-after', '1');
      void reply.status(error.status);
      return { error: error.code, error_description: error.message };
    }
  }

  private async answer(credentials: ClientCredentials): Promise<TokenAnswer> {
    await this.takeTurn(this.clients.has(credentials.clientId) ? credentials.clientId : UNKNOWN_CLIENTS);
    const client = this.clients.authenticate(credentials.clientId, credentials.secret);
    if (client === undefined)
      throw new OAuthError(401, 'invalid_client', 'The client is unknown or its secret is wrong.');
    const scopes = grantedScopes(client, credentials.scopes);
    const token = await this.issuer.issue({
      subject: client.id,
      scopes,
      ttlSeconds: TTL_SECONDS,
      ...(client.channel === undefined ? {} : { channel: client.channel }),
    });
    return { access_token: token, token_type: 'Bearer', expires_in: TTL_SECONDS, scope: scopes.join(' ') };
  }

  private async takeTurn(key: string): Promise<void> {
    const bucket = this.buckets.get(key) ?? new TokenBucket(REQUESTS_PER_SECOND, REQUESTS_BURST);
    this.buckets.set(key, bucket);
    if (bucket.delayMs() > 0)
      throw new OAuthError(429, 'slow_down', 'Too many token requests; use a token until it expires.');
    await bucket.take();
  }
}

/** Undefined for what is no grant of people. */
function answerPeople(people: UserGrants, form: unknown, address: string): Promise<UserTokens> | undefined {
  const grant = typeof form === 'object' && form !== null && 'grant_type' in form ? form.grant_type : undefined;
  if (grant === 'authorization_code') return people.exchangeCode(form, address);
  return grant === 'refresh_token' ? people.refresh(form, address) : undefined;
}

function grantedScopes(client: TokenClient, asked: readonly string[] | undefined): readonly string[] {
  const refused = asked?.find((scope) => !client.scopes.includes(scope));
  if (refused !== undefined)
    throw new OAuthError(400, 'invalid_scope', `The client may not have the scope "${refused}".`);
  return asked ?? client.scopes;
}
