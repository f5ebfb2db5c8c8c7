import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { createRemoteJWKSet } from 'jose';
import { AuthGuard } from './auth.guard.js';
import { EmbeddedIssuer } from './embedded-issuer.js';
import { EmbeddedIssuerController } from './embedded-issuer.controller.js';
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

/** Puts the AuthGuard before everything, and hands out the TokenVerifier (and the EmbeddedIssuer, where there is one). */
@Module({})
export class AuthModule {
  static forRoot(settings: AuthSettings): DynamicModule {
    const guard = { provide: APP_GUARD, useClass: AuthGuard };
    const shared = { module: AuthModule, global: true };
    if (settings.jwksUrl === undefined) {
      const { providers, exported } = embedded(settings);
      return {
        ...shared,
        controllers: [EmbeddedIssuerController],
        providers: [guard, ...providers],
        exports: exported,
      };
    }
    const verifier = outsideVerifier(settings, new URL(settings.jwksUrl));
    return { ...shared, providers: [guard, { provide: TokenVerifier, useValue: verifier }], exports: [TokenVerifier] };
  }
}

function outsideVerifier({ jwtIssuer, jwtAudience }: AuthSettings, jwksUrl: URL): TokenVerifier {
  const keys = createRemoteJWKSet(jwksUrl, { timeoutDuration: KEYS_TIMEOUT_MS });
  return new TokenVerifier({ issuer: jwtIssuer, audience: jwtAudience, keys });
}

function embedded({ jwtIssuer, jwtAudience, dataDir }: AuthSettings) {
  const providers = [
    { provide: EmbeddedIssuer, useFactory: () => EmbeddedIssuer.open(dataDir, jwtIssuer, jwtAudience) },
    { provide: TokenClients, useFactory: () => TokenClients.load(dataDir) },
    {
      provide: TokenVerifier,
      inject: [EmbeddedIssuer],
      useFactory: (issuer: EmbeddedIssuer) =>
        new TokenVerifier({ issuer: jwtIssuer, audience: jwtAudience, keys: issuer.keys() }),
    },
  ];
  return { providers, exported: [EmbeddedIssuer, TokenVerifier] };
}
