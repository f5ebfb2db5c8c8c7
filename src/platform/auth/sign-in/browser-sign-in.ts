import { z } from 'zod';
import { ProblemError } from '../../http/problem.js';
import { CALLBACK_PATH, SIGNED_OUT_PATH, type SignInSettings } from './sign-in-settings.js';

const DISCOVERY_TIMEOUT_MS = 5_000;
const DISCOVERY_KEPT_MS = 10 * 60_000;
const EMBEDDED_SCOPES = ['openid', 'profile'] as const;

/** What a page needs to let people sign in: nothing in it is secret. */
export interface SignInDescription {
  /** The `iss` of what the issuer gives to the page. */
  readonly issuer: string;
  /** The hub's own issuer, with a session of its own, or an outside provider. */
  readonly embedded: boolean;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint?: string;
  /** Of the embedded issuer: POST ends the session. Of an outside provider: where the browser goes to sign out. */
  readonly endSessionEndpoint?: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly signedOutUri: string;
  readonly scopes: readonly string[];
  /** Sent along with the request to sign in. */
  readonly parameters: Readonly<Record<string, string>>;
}

const discoverySchema = z.object({
  issuer: z.string().min(1),
  authorization_endpoint: z.url({ protocol: /^https?$/ }),
  token_endpoint: z.url({ protocol: /^https?$/ }),
  revocation_endpoint: z.url({ protocol: /^https?$/ }).optional(),
  end_session_endpoint: z.url({ protocol: /^https?$/ }).optional(),
});
type Discovery = z.infer<typeof discoverySchema>;

export interface BrowserSignInOptions {
  readonly settings: SignInSettings;
  /** The `iss` of the embedded issuer; undefined with an outside one. */
  readonly embeddedIssuer: string | undefined;
  readonly fetch?: typeof fetch;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Tells a page how to sign people in: at the embedded issuer or at the configured OpenID provider. */
export class BrowserSignIn {
  private known: { readonly discovery: Discovery; readonly until: number } | undefined;

  constructor(private readonly options: BrowserSignInOptions) {}

  /**
   * For the page at the origin that it was asked for by; a configured address wins. Undefined where tokens come from an outside issuer and no provider is
   * configured: then nobody can sign in here. Throws the 503 problem while the provider cannot be reached.
   */
  async describe(reachedBy: string): Promise<SignInDescription | undefined> {
    const { settings, embeddedIssuer } = this.options;
    const origin = settings.publicUrl === undefined ? reachedBy : new URL(settings.publicUrl).origin;
    const page = {
      clientId: settings.consoleClientId,
      redirectUri: `${origin}${CALLBACK_PATH}`,
      signedOutUri: `${origin}${SIGNED_OUT_PATH}`,
    };
    if (embeddedIssuer !== undefined) return { ...embeddedAt(origin, embeddedIssuer), ...page };
    if (settings.oidcAuthority === undefined) return undefined;
    const found = await this.discovered(settings.oidcAuthority);
    return {
      issuer: found.issuer,
      embedded: false,
      authorizationEndpoint: found.authorization_endpoint,
      tokenEndpoint: found.token_endpoint,
      ...(found.revocation_endpoint === undefined ? {} : { revocationEndpoint: found.revocation_endpoint }),
      ...(found.end_session_endpoint === undefined ? {} : { endSessionEndpoint: found.end_session_endpoint }),
      ...page,
      scopes: settings.oidcScopes,
      parameters: Object.fromEntries(settings.oidcParameters ?? []),
    };
  }

  /** Other origins that the page must be let call (`connect-src`): those of the provider's token endpoints. */
  async connectOrigins(): Promise<readonly string[]> {
    const { settings, embeddedIssuer } = this.options;
    if (embeddedIssuer !== undefined || settings.oidcAuthority === undefined) return [];
    const { token_endpoint: token, revocation_endpoint: revocation } = await this.discovered(settings.oidcAuthority);
    return [...new Set([token, revocation].flatMap((url) => (url === undefined ? [] : [new URL(url).origin])))];
  }

  private async discovered(authority: string): Promise<Discovery> {
    const now = (this.options.now ?? Date.now)();
    if (this.known !== undefined && now < this.known.until) return this.known.discovery;
    const discovery = await this.read(`${authority.replace(/\/+$/, '')}/.well-known/openid-configuration`);
    this.known = { discovery, until: now + DISCOVERY_KEPT_MS };
    return discovery;
  }

  private async read(url: string): Promise<Discovery> {
    try {
      const signal = AbortSignal.timeout(DISCOVERY_TIMEOUT_MS);
      const answer = await (this.options.fetch ?? fetch)(url, { signal, headers: { accept: 'application/json' } });
      if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
      return discoverySchema.parse(await answer.json());
    } catch (cause) {
      throw new ProblemError({
        status: 503,
        code: 'SIGN_IN_UNAVAILABLE',
        title: 'Signing in is not possible now',
        detail: 'The OpenID provider cannot be read. Try again later, or check ENTREPOT_OIDC_AUTHORITY.',
        headers: { 'retry-after': '5' },
        cause,
      });
    }
  }
}

function embeddedAt(
  origin: string,
  issuer: string,
): Omit<SignInDescription, 'clientId' | 'redirectUri' | 'signedOutUri'> {
  return {
    issuer,
    embedded: true,
    authorizationEndpoint: `${origin}/oauth/authorize`,
    tokenEndpoint: `${origin}/oauth/token`,
    revocationEndpoint: `${origin}/oauth/revoke`,
    endSessionEndpoint: `${origin}/oauth/sign-out`,
    scopes: EMBEDDED_SCOPES,
    parameters: {},
  };
}
