import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, SignJWT, type JWTPayload } from 'jose';

const AUDIENCE = 'entrepot';

export interface OpenIdProvider {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly audience: string;
  /** Who is signed in there, with the claims of its tokens. */
  person: JWTPayload & { readonly sub: string };
  /** Where browsers were led to sign out. */
  readonly signOuts: URL[];
  close(): Promise<void>;
}

/** A small OpenID provider at which somebody is signed in already: code with PKCE, no refresh tokens. */
export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
  const codes = new Map<string, URLSearchParams>();
  const signOuts: URL[] = [];
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: OpenIdProvider = {
    issuer,
    jwksUrl: `${issuer}/keys`,
    audience: AUDIENCE,
    person: { sub: 'b7c1' },
    signOuts,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  const signed = (claims: JWTPayload, audience: string): Promise<string> =>
    new SignJWT({ ...provider.person, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(privateKey);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer);
    if (url.pathname === '/authorize') return authorize(url.searchParams, response);
    if (url.pathname === '/logout') {
      signOuts.push(url);
      response.writeHead(303, { location: url.searchParams.get('post_logout_redirect_uri') ?? '/' }).end();
      return;
    }
    const body = await bodyOf(url.pathname, request);
    response.writeHead(body === undefined ? 400 : 200, {
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
    });
    response.end(JSON.stringify(body ?? { error: 'invalid_grant' }));
  }

  function authorize(asked: URLSearchParams, response: ServerResponse): void {
    const code = randomUUID();
    codes.set(code, asked);
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', asked.get('state') ?? '');
    response.writeHead(303, { location: back.href }).end();
  }

  async function bodyOf(path: string, request: IncomingMessage): Promise<object | undefined> {
    if (path === '/keys') return { keys: [jwk] };
    if (path === '/token') return tokensFor(new URLSearchParams(await text(request)));
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      end_session_endpoint: `${issuer}/logout`,
    };
  }

  async function tokensFor(form: URLSearchParams): Promise<object | undefined> {
    const asked = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (asked?.get('code_challenge') !== challenge) return undefined;
    return {
      token_type: 'Bearer',
      expires_in: 300,
      access_token: await signed({}, AUDIENCE),
      id_token: await signed({ nonce: asked.get('nonce') }, asked.get('client_id') ?? ''),
    };
  }
  return provider;
}
