import { z } from 'zod';
import { CALLBACK_PATH } from './sign-in-settings.js';
import type { CodeRequest } from './sign-in.sql.js';

/** What the page may choose freely: long enough for random values, short enough for an address. */
const FREE_TEXT = /^[\x20-\x7e]{1,512}$/;
/** SHA-256 in base64url. */
const CHALLENGE = /^[\w-]{43}$/;

/** A request to sign in that is in order. */
export interface AuthorizationRequest extends CodeRequest {
  readonly state: string;
  readonly prompt: 'none' | 'login' | undefined;
  /** Who probably signs in. */
  readonly loginHint: string;
}

export type AuthorizationReading =
  | { readonly kind: 'request'; readonly request: AuthorizationRequest }
  /** Nobody is sent anywhere: the client or the address to go back to are not known. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'redirect'; readonly to: string };

const text = z.string().regex(FREE_TEXT);
const requestSchema = z.object({
  response_mode: z.literal('query').optional(),
  state: text,
  nonce: text,
  code_challenge: z.string().regex(CHALLENGE),
  code_challenge_method: z.literal('S256'),
  scope: text.optional(),
  prompt: z.enum(['none', 'login']).optional(),
  login_hint: text.optional(),
});

/** Reads the query of `GET /oauth/authorize` (RFC 6749 with PKCE of RFC 7636, OpenID Connect Core 3.1.2). */
export function readAuthorizationRequest(
  query: Readonly<Record<string, unknown>>,
  known: { readonly clientId: string; readonly origin: string; readonly issuer: string },
): AuthorizationReading {
  const redirectUri = `${known.origin}${CALLBACK_PATH}`;
  if (query['client_id'] !== known.clientId) return { kind: 'refused', why: 'This page is not known here.' };
  if (query['redirect_uri'] !== redirectUri)
    return { kind: 'refused', why: `Signing in leads back to ${redirectUri} and nowhere else.` };
  const state = text.safeParse(query['state']).data;
  const back = (error: string, description: string): AuthorizationReading => ({
    kind: 'redirect',
    to: redirectTo(redirectUri, { error, error_description: description, state, iss: known.issuer }),
  });
  if (query['request'] !== undefined || query['request_uri'] !== undefined)
    return back('request_not_supported', 'Requests as objects are not taken.');
  if (query['response_type'] !== 'code') return back('unsupported_response_type', 'response_type must be code.');
  const parsed = requestSchema.safeParse(query);
  if (!parsed.success)
    return back('invalid_request', `${String(parsed.error.issues[0]?.path[0])} is missing or not allowed.`);
  const { nonce, code_challenge: challenge, prompt, login_hint: loginHint = '' } = parsed.data;
  const request = {
    clientId: known.clientId,
    redirectUri,
    challenge,
    nonce,
    state: parsed.data.state,
    prompt,
    loginHint,
  };
  return { kind: 'request', request };
}

/** The address with the parameters that are given. */
export function redirectTo(uri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}
