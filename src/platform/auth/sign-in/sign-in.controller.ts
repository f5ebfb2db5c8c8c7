import { createHash, randomBytes } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ProblemError } from '../../http/problem.js';
import { PublicEndpoint } from '../auth.decorators.js';
import type { EmbeddedIssuer } from '../embedded-issuer.js';
import { readAuthorizationRequest, redirectTo, type AuthorizationRequest } from './authorization-request.js';
import { cookie, readCookie } from './cookies.js';
import { ownOrigin } from './own-origin.js';
import { refusalPage, SIGN_IN_PAGE_POLICY, signInPage, type SignInForm } from './sign-in-page.js';
import type { SignInAttempts } from './sign-in-attempts.js';
import { SESSION_SECONDS, type Session, type SignInStore } from './sign-in.sql.js';
import type { UserGrants } from './user-grants.js';
import type { Users } from './users.js';

const SESSION_COOKIE = 'entrepot_session';
const FORM_COOKIE = 'entrepot_sign_in';
/** How long the page may stay open before the password is typed. */
const FORM_SECONDS = 1_800;
const REQUEST_TYPE = 'sign-in-request+jwt';
const SECRET_BYTES = 32;

export interface SignInParts {
  readonly issuer: EmbeddedIssuer;
  readonly users: Users;
  readonly store: SignInStore;
  readonly attempts: SignInAttempts;
  readonly grants: UserGrants;
  readonly clientId: string;
  readonly publicUrl: string | undefined;
}
/** Token of the SignInParts. */
export const SIGN_IN_PARTS = Symbol('SignInParts');

const formSchema = z.object({
  request: z.string().max(8_192),
  user: z.string().max(100),
  password: z.string().max(200),
});
const requestClaims = z.object({
  request: z.object({
    clientId: z.string(),
    redirectUri: z.string(),
    challenge: z.string(),
    nonce: z.string(),
    state: z.string(),
  }),
  /** SHA-256 of the browser's form cookie, in base64url. */
  browser: z.string(),
});

type Asked = Pick<AuthorizationRequest, 'clientId' | 'redirectUri' | 'challenge' | 'nonce' | 'state'>;

/** The embedded issuer for people: a page that asks for the password, a session, and codes for the console. */
@Controller()
export class SignInController {
  constructor(@Inject(SIGN_IN_PARTS) private readonly parts: SignInParts) {}

  @Get('.well-known/openid-configuration')
  @PublicEndpoint('What an issuer offers is for everybody.')
  discovery(@Req() request: FastifyRequest): object {
    const origin = this.originOf(request);
    return {
      issuer: this.parts.issuer.issuer,
      authorization_endpoint: `${origin}/oauth/authorize`,
      token_endpoint: `${origin}/oauth/token`,
      revocation_endpoint: `${origin}/oauth/revoke`,
      jwks_uri: `${origin}/.well-known/jwks.json`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
      scopes_supported: ['openid', 'profile'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      claims_supported: ['sub', 'name', 'roles', 'auth_time', 'nonce'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  @Get('oauth/authorize')
  @PublicEndpoint('Whoever comes here is asked who they are.')
  async authorize(
    @Query() query: Readonly<Record<string, unknown>>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const origin = this.originOf(request);
    const { clientId, issuer } = this.parts;
    const read = readAuthorizationRequest(query, { clientId, origin, issuer: issuer.issuer });
    if (read.kind === 'refused') return sendPage(reply, 400, refusalPage(read.why));
    if (read.kind === 'redirect') return void reply.redirect(read.to, 303);
    const { prompt, loginHint: user, ...asked } = read.request;
    const session = prompt === 'login' ? undefined : await this.sessionOf(request);
    if (session !== undefined) return this.sendBack(reply, session, asked);
    if (prompt === 'none') return void reply.redirect(this.backWith(asked, { error: 'login_required' }), 303);
    const browser = readCookie(request.headers.cookie, FORM_COOKIE) ?? newSecret();
    void reply.header('set-cookie', cookie(FORM_COOKIE, browser, FORM_SECONDS, origin));
    return sendPage(reply, 200, signInPage({ request: await this.signed(asked, browser), user }));
  }

  @Post('oauth/authorize')
  @PublicEndpoint(
    'The password guards it, with a bound on the tries; the form is bound to the browser that it was sent to.',
  )
  async signIn(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const origin = this.originOf(request);
    const form = formSchema.safeParse(body).data;
    const browser = readCookie(request.headers.cookie, FORM_COOKIE);
    const asked =
      form === undefined || browser === undefined || !sentByOwnPage(request, origin)
        ? undefined
        : await this.verified(form.request, browser);
    if (form === undefined || asked === undefined || browser === undefined)
      return sendPage(reply, 403, refusalPage('The form is too old, or was not sent by the page of this hub.'));
    const id = form.user.trim().toLowerCase();
    const { attempts, users, store } = this.parts;
    const seconds = await attempts.count(id, request.ip);
    const again = { request: form.request, user: id };
    if (seconds !== undefined) {
      void reply.header('retry-after', String(seconds));
      return sendPage(reply, 429, signInPage({ ...again, error: tooManyTries(seconds) }));
    }
    const user = await users.authenticate(id, form.password);
    if (user === undefined)
      return sendPage(reply, 403, signInPage({ ...again, error: 'The user is unknown or the password is wrong.' }));
    await attempts.forgive(id, request.ip);
    const { session, secret } = await store.begin(user.id, request.ip);
    void reply.header('set-cookie', [
      cookie(SESSION_COOKIE, secret, SESSION_SECONDS, origin),
      cookie(FORM_COOKIE, '', 0, origin),
    ]);
    return this.sendBack(reply, session, asked);
  }

  @Post('oauth/sign-out')
  @HttpCode(204)
  @PublicEndpoint('The cookie of the session says whose it is; no other site can send it.')
  async signOut(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const origin = this.originOf(request);
    if (!sentByOwnPage(request, origin)) throw foreignPage();
    const everywhere = z.object({ everywhere: z.literal('true') }).safeParse(body).success;
    const secret = readCookie(request.headers.cookie, SESSION_COOKIE);
    const session = secret === undefined ? undefined : await this.parts.store.find(secret);
    if (session !== undefined) await this.parts.store.end(session, everywhere);
    void reply.header('set-cookie', cookie(SESSION_COOKIE, '', 0, origin));
  }

  /** RFC 7009. Whoever holds the token may end it; the answer is the same for one that is not known. */
  @Post('oauth/revoke')
  @HttpCode(200)
  @PublicEndpoint('The token itself guards it.')
  async revoke(@Body() body: unknown): Promise<object> {
    const form = z.object({ token: z.string().max(8_192) }).safeParse(body).data;
    if (form !== undefined) await this.parts.store.revoke(form.token);
    return {};
  }

  private originOf(request: FastifyRequest): string {
    return ownOrigin(this.parts.publicUrl, request);
  }

  private async sessionOf(request: FastifyRequest): Promise<Session | undefined> {
    const secret = readCookie(request.headers.cookie, SESSION_COOKIE);
    const session = secret === undefined ? undefined : await this.parts.store.find(secret);
    return session !== undefined && this.parts.grants.userOf(session) !== undefined ? session : undefined;
  }

  private async sendBack(reply: FastifyReply, session: Session, asked: Asked): Promise<void> {
    const code = await this.parts.store.issueCode(session.id, asked);
    // 303: the browser must not send the password on.
    void reply.redirect(this.backWith(asked, { code }), 303);
  }

  private backWith({ redirectUri, state }: Asked, parameters: Readonly<Record<string, string>>): string {
    return redirectTo(redirectUri, { ...parameters, state, iss: this.parts.issuer.issuer });
  }

  /** What was asked for, in a form that only the hub can write and only this browser can send. */
  private signed(request: Asked, browser: string): Promise<string> {
    const claims = { request, browser: digest(browser) };
    const { issuer, clientId } = this.parts;
    return issuer.sign({ claims, typ: REQUEST_TYPE, audience: clientId, ttlSeconds: FORM_SECONDS });
  }

  private async verified(signed: SignInForm['request'], browser: string): Promise<Asked | undefined> {
    const claims = await this.parts.issuer.verify(signed, REQUEST_TYPE, this.parts.clientId);
    const parsed = requestClaims.safeParse(claims);
    return parsed.success && parsed.data.browser === digest(browser) ? parsed.data.request : undefined;
  }
}

/** Browsers say where a form comes from; what says nothing is no browser, and has no cookie of someone else. */
function sentByOwnPage({ headers }: FastifyRequest, origin: string): boolean {
  const site = headers['sec-fetch-site'];
  return (headers.origin === undefined || headers.origin === origin) && (site === undefined || site === 'same-origin');
}

function foreignPage(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'FOREIGN_PAGE',
    title: 'Not from a page of this hub',
    detail: 'Only a page of this hub may sign people out.',
  });
}

function tooManyTries(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return `There were too many tries. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
}

function sendPage(reply: FastifyReply, status: number, html: string): void {
  void reply
    .status(status)
    .header('content-security-policy', SIGN_IN_PAGE_POLICY)
    // With no referrer at all a browser would not say either where the form comes from.
    .header('referrer-policy', 'same-origin')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html);
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
