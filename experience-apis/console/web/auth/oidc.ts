import * as oauth from 'oauth4webapi';
import { returnTo } from './return-to.js';
import type { SignInConfig } from './sign-in-config.js';

const PENDING_KEY = 'entrepot:sign-in';
/** Tokens without a stated end are asked for anew after this time. */
const UNSTATED_SECONDS = 300;

/** What the page remembers of a request to sign in until the browser comes back: of this tab alone. */
interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
}

/** What signing in gives. It stays in memory: no script of another page reads it, and a closed tab forgets it. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly idToken: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** What to call the person; undefined where the issuer does not say. */
  readonly name: string | undefined;
}

/** The refresh token was refused: the person has to sign in again. */
export class SignInEndedError extends Error {}

/** Leaves the page for the issuer's, which leads back to the callback. */
export async function goToSignIn(config: SignInConfig, wish: string, prompt?: 'login'): Promise<void> {
  const pending: Pending = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    returnTo: returnTo(wish, location.origin),
  };
  sessionStorage.setItem(PENDING_KEY, JSON.stringify(pending));
  const url = new URL(config.authorizationEndpoint);
  const parameters = {
    ...config.parameters,
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: config.redirectUri,
    scope: config.scopes.join(' '),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    ...(prompt === undefined ? {} : { prompt }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

/** At the callback: tokens for the code, and where to go on. Throws a sentence for people. */
export async function finishSignIn(
  config: SignInConfig,
  callback: URL,
): Promise<{ readonly tokens: Tokens; readonly returnTo: string }> {
  const pending = takePending();
  if (pending === undefined) throw new Error('This tab did not ask to sign in.');
  const [server, client, options] = partsOf(config);
  const parameters = oauth.validateAuthResponse(server, client, callback, pending.state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    config.redirectUri,
    pending.verifier,
    options,
  );
  const processed = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: pending.nonce,
    requireIdToken: true,
  });
  return { tokens: tokensOf(processed), returnTo: returnTo(pending.returnTo, location.origin) };
}

/** New tokens for the refresh token. Throws SignInEndedError, or what kept the issuer from being reached. */
export async function renew(config: SignInConfig, held: Tokens): Promise<Tokens> {
  if (held.refreshToken === undefined) throw new SignInEndedError('the issuer gave no refresh token');
  const [server, client, options] = partsOf(config);
  try {
    const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), held.refreshToken, options);
    const renewed = tokensOf(await oauth.processRefreshTokenResponse(server, client, answer));
    return {
      ...renewed,
      // Some issuers leave out what stays the same.
      refreshToken: renewed.refreshToken ?? held.refreshToken,
      idToken: renewed.idToken ?? held.idToken,
      name: renewed.name ?? held.name,
    };
  } catch (cause) {
    if (cause instanceof oauth.ResponseBodyError && cause.status < 429)
      throw new SignInEndedError('the refresh token was refused', { cause });
    throw cause;
  }
}

/** Ends the session at the issuer. Gives the address to go to. */
export async function endSession(config: SignInConfig, held: Tokens | undefined, everywhere: boolean): Promise<string> {
  const { embedded, endSessionEndpoint, clientId, signedOutUri } = config;
  if (embedded && endSessionEndpoint !== undefined) {
    const body = new URLSearchParams({ everywhere: String(everywhere) });
    const answer = await fetch(endSessionEndpoint, { method: 'POST', body, credentials: 'same-origin' });
    if (!answer.ok) throw new Error(`The hub answered with ${answer.status}: you are still signed in.`);
    return signedOutUri;
  }
  if (held?.refreshToken !== undefined) await revoke(config, held.refreshToken);
  if (endSessionEndpoint === undefined) return signedOutUri;
  const url = new URL(endSessionEndpoint);
  url.searchParams.set('client_id', clientId);
  url.searchParams.set('post_logout_redirect_uri', signedOutUri);
  if (held?.idToken !== undefined) url.searchParams.set('id_token_hint', held.idToken);
  return url.href;
}

async function revoke(config: SignInConfig, refreshToken: string): Promise<void> {
  if (config.revocationEndpoint === undefined) return;
  const [server, client, options] = partsOf(config);
  await oauth.revocationRequest(server, client, oauth.None(), refreshToken, options);
}

type Parts = readonly [
  oauth.AuthorizationServer,
  oauth.Client,
  { readonly [oauth.allowInsecureRequests]: boolean; readonly signal: AbortSignal },
];

const TIMEOUT_MS = 10_000;
/** Without a list RS256 alone would be taken; the embedded issuer signs with ES256. */
const ID_TOKEN_ALGORITHMS = ['ES256', 'RS256', 'PS256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'] as const;

function partsOf(config: SignInConfig): Parts {
  const { issuer, tokenEndpoint: token_endpoint, revocationEndpoint, clientId } = config;
  // Browsers sign in over plain HTTP on the machine itself alone: elsewhere they have no cryptography for it.
  const insecure = new URL(token_endpoint).protocol === 'http:';
  return [
    {
      issuer,
      token_endpoint,
      id_token_signing_alg_values_supported: [...ID_TOKEN_ALGORITHMS],
      ...(revocationEndpoint === undefined ? {} : { revocation_endpoint: revocationEndpoint }),
    },
    { client_id: clientId },
    { [oauth.allowInsecureRequests]: insecure, signal: AbortSignal.timeout(TIMEOUT_MS) },
  ];
}

function tokensOf(answer: oauth.TokenEndpointResponse): Tokens {
  const claims = oauth.getValidatedIdTokenClaims(answer);
  const names = [claims?.['name'], claims?.['preferred_username'], claims?.['email']];
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    idToken: answer.id_token,
    expiresAt: Date.now() + (answer.expires_in ?? UNSTATED_SECONDS) * 1_000,
    name: names.find((name) => typeof name === 'string' && name !== '') as string | undefined,
  };
}

/** It is used once: what comes back a second time was not asked for. */
function takePending(): Pending | undefined {
  const text = sessionStorage.getItem(PENDING_KEY);
  sessionStorage.removeItem(PENDING_KEY);
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as Pending;
  } catch {
    return undefined;
  }
}
