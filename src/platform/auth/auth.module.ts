import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { createRemoteJWKSet } from 'jose';
import type { Pool } from 'pg';
import { PG_POOL } from '../db/database.module.js';
import { AuthGuard } from './auth.guard.js';
import { ClaimedRoles } from './claimed-roles.js';
import { ACCESS_TOKEN_TYPE, EmbeddedIssuer } from './embedded-issuer.js';
import { EmbeddedIssuerController } from './embedded-issuer.controller.js';
import { BrowserSignIn } from './sign-in/browser-sign-in.js';
import { SelfController } from './sign-in/self.controller.js';
import { SignInAttempts } from './sign-in/sign-in-attempts.js';
import type { SignInSettings } from './sign-in/sign-in-settings.js';
import { SIGN_IN_PARTS, SignInController, type SignInParts } from './sign-in/sign-in.controller.js';
import { SignInStore } from './sign-in/sign-in.sql.js';
import { UserGrants } from './sign-in/user-grants.js';
import { Users } from './sign-in/users.js';
import { TokenClients } from './token-clients.js';
import { TokenVerifier } from './token-verifier.js';

const KEYS_TIMEOUT_MS = 5_000;

export interface AuthSettings {
  /** Where the keys of an outside issuer are; undefined for the embedded issuer. */
  readonly jwksUrl: string | undefined;
  readonly jwtIssuer: string;
  readonly jwtAudience: string;
  readonly dataDir: string;
}

/**
 * Puts the AuthGuard before everything, and hands out the TokenVerifier (and the EmbeddedIssuer, where there is one). With
 * `signIn` people can sign in with a browser: then it needs PG_POOL, and hands out BrowserSignIn.
 */
@Module({})
export class AuthModule {
  static forRoot(settings: AuthSettings, signIn?: SignInSettings): DynamicModule {
    const { jwksUrl } = settings;
    const issuer = jwksUrl === undefined ? embedded(settings) : outside(settings, new URL(jwksUrl), signIn);
    const people = signIn === undefined || jwksUrl !== undefined ? [] : signInProviders(settings.dataDir, signIn);
    const page = signIn === undefined ? [] : [browserSignIn(settings, signIn)];
    return {
      module: AuthModule,
      global: true,
      controllers: [
        ...(jwksUrl === undefined ? [EmbeddedIssuerController] : []),
        ...(people.length === 0 ? [] : [SignInController]),
        ...(page.length === 0 ? [] : [SelfController]),
      ],
      providers: [{ provide: APP_GUARD, useClass: AuthGuard }, ...issuer.providers, ...people, ...page],
      exports: [...issuer.exported, ...(page.length === 0 ? [] : [BrowserSignIn])],
    };
  }
}

function outside({ jwtIssuer, jwtAudience }: AuthSettings, jwksUrl: URL, signIn: SignInSettings | undefined) {
  const keys = createRemoteJWKSet(jwksUrl, { timeoutDuration: KEYS_TIMEOUT_MS });
  const roles = signIn && { roles: new ClaimedRoles(signIn.roles, signIn.rolesClaim, signIn.roleMap) };
  const verifier = new TokenVerifier({ issuer: jwtIssuer, audience: jwtAudience, keys, ...roles });
  return { providers: [{ provide: TokenVerifier, useValue: verifier }], exported: [TokenVerifier] };
}

function embedded({ jwtIssuer, jwtAudience, dataDir }: AuthSettings) {
  const providers = [
    { provide: EmbeddedIssuer, useFactory: () => EmbeddedIssuer.open(dataDir, jwtIssuer, jwtAudience) },
    { provide: TokenClients, useFactory: () => TokenClients.load(dataDir) },
    {
      provide: TokenVerifier,
      inject: [EmbeddedIssuer],
      useFactory: (issuer: EmbeddedIssuer) =>
        new TokenVerifier({ issuer: jwtIssuer, audience: jwtAudience, keys: issuer.keys(), typ: ACCESS_TOKEN_TYPE }),
    },
  ];
  return { providers, exported: [EmbeddedIssuer, TokenVerifier] };
}

function browserSignIn({ jwksUrl, jwtIssuer }: AuthSettings, settings: SignInSettings): Provider {
  const embeddedIssuer = jwksUrl === undefined ? jwtIssuer : undefined;
  return { provide: BrowserSignIn, useValue: new BrowserSignIn({ settings, embeddedIssuer }) };
}

function signInProviders(
  dataDir: string,
  { roles, consoleClientId: clientId, publicUrl }: SignInSettings,
): readonly Provider[] {
  const users = new Users(dataDir);
  // A list that cannot be read stops the start.
  users.list();
  return [
    { provide: SignInStore, inject: [PG_POOL], useFactory: (pool: Pool) => new SignInStore(pool) },
    {
      provide: UserGrants,
      inject: [EmbeddedIssuer, SignInStore],
      useFactory: (issuer: EmbeddedIssuer, store: SignInStore) =>
        new UserGrants({ store, users, issuer, roles, clientId }),
    },
    {
      provide: SIGN_IN_PARTS,
      inject: [EmbeddedIssuer, SignInStore, UserGrants, PG_POOL],
      useFactory: (issuer: EmbeddedIssuer, store: SignInStore, grants: UserGrants, pool: Pool): SignInParts => ({
        issuer,
        users,
        store,
        attempts: new SignInAttempts(pool),
        grants,
        clientId,
        publicUrl,
      }),
    },
  ];
}
