import { z } from 'zod';

/** A token request that RFC 6749 wants answered in its own error format, which OAuth libraries read. */
export class OAuthError extends Error {
  constructor(
    readonly status: 400 | 401 | 429,
    readonly code:
      'invalid_request' | 'invalid_client' | 'invalid_grant' | 'invalid_scope' | 'unsupported_grant_type' | 'slow_down',
    message: string,
  ) {
    super(message);
    this.name = 'OAuthError';
  }
}

export interface ClientCredentials {
  readonly clientId: string;
  readonly secret: string;
  /** The scopes asked for; undefined asks for all that the client may have. */
  readonly scopes: readonly string[] | undefined;
}

const formSchema = z.object({
  grant_type: z.string(),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
});

/** Reads a client credentials request: HTTP Basic (preferred) or the two fields of the form. Throws OAuthError. */
export function readClientCredentials(form: unknown, authorization: string | undefined): ClientCredentials {
  const parsed = formSchema.safeParse(form);
  if (!parsed.success) throw new OAuthError(400, 'invalid_request', 'Send a form with grant_type=client_credentials.');
  const { grant_type, scope, client_id, client_secret } = parsed.data;
  if (grant_type !== 'client_credentials') {
    throw new OAuthError(400, 'unsupported_grant_type', `grant_type=${grant_type.slice(0, 50)} is not offered.`);
  }
  const [clientId, secret] = readBasic(authorization) ?? [client_id, client_secret];
  if (clientId === undefined || secret === undefined) {
    throw new OAuthError(401, 'invalid_client', 'Send the id and the secret of the client.');
  }
  return { clientId, secret, scopes: scope?.split(' ').filter((word) => word !== '') };
}

/** RFC 6749, 2.3.1: both parts are form-encoded before they are put together. */
function readBasic(authorization: string | undefined): readonly [string, string] | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return [formDecoded(id), formDecoded(secret.join(':'))];
}

function formDecoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    throw new OAuthError(400, 'invalid_request', 'The client id or secret is not form-encoded.');
  }
}
