import { Catch, Global, Module, type ArgumentsHost, type DynamicModule, type ExceptionFilter } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import { SecretSource } from '../../../../src/platform/config/secret-source.js';
import { ProblemError } from '../../../../src/platform/http/problem.js';
import { CARRIER_FACT_SINK, type CarrierFact, type CarrierFactSink } from '../../carrier.port.js';
import { EasyPostModule } from '../easypost.module.js';
import type { EasyPostSettingsInput } from '../easypost.settings.js';

/** For specs: the hub's edge towards EasyPost, with a sink that only remembers. */

export const API_KEY = 'EZTK-spec';
export const SECRET = 'the first sécret of the spec';
export const NEXT_SECRET = 'the second secret of the spec';

const SECRETS: Readonly<Record<string, string>> = {
  EASYPOST_KEY: API_KEY,
  EASYPOST_OLD: SECRET,
  EASYPOST_NEW: NEXT_SECRET,
};

export class SpecSecrets extends SecretSource {
  get(name: string): string {
    const value = this.find(name);
    if (value === undefined) throw new Error(`the secret ${name} is not set`);
    return value;
  }

  find(name: string): string | undefined {
    return SECRETS[name];
  }
}

export class RememberingSink implements CarrierFactSink {
  readonly facts: CarrierFact[] = [];
  readonly refused: { readonly messageId: string; readonly body: string; readonly reason: string }[] = [];
  /** Set to make the next commit fail. */
  failure: Error | undefined;

  receive(_source: string, fact: CarrierFact): Promise<void> {
    if (this.failure !== undefined) {
      const { failure } = this;
      this.failure = undefined;
      return Promise.reject(failure);
    }
    this.facts.push(fact);
    return Promise.resolve();
  }

  keepRefused(_source: string, messageId: string, body: Buffer, reason: string): Promise<void> {
    this.refused.push({ messageId, body: body.toString(), reason });
    return Promise.resolve();
  }
}

@Global()
@Module({})
class SpecModule {
  static with(sink: CarrierFactSink): DynamicModule {
    return {
      module: SpecModule,
      providers: [
        { provide: SecretSource, useValue: new SpecSecrets() },
        { provide: CARRIER_FACT_SINK, useValue: sink },
      ],
      exports: [SecretSource, CARRIER_FACT_SINK],
    };
  }
}

@Catch(ProblemError)
class ProblemFilter implements ExceptionFilter<ProblemError> {
  catch({ problem }: ProblemError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

export function settingsFor(url: string): EasyPostSettingsInput {
  return {
    url,
    apiKeySecret: 'EASYPOST_KEY',
    webhookSecrets: ['EASYPOST_OLD', 'EASYPOST_NEW'],
    carriers: { DHL: 'DHLExpress' },
    timeoutMs: 2_000,
  };
}

/** Listens on loopback; bodies arrive as the platform gives them below `/carriers/`: raw. */
export async function startHubEdge(
  sink: CarrierFactSink,
  easyPostUrl: string,
): Promise<{ readonly app: NestFastifyApplication; readonly url: string }> {
  const built = await Test.createTestingModule({
    imports: [SpecModule.with(sink), EasyPostModule.forRoot(settingsFor(easyPostUrl))],
  }).compile();
  const app = built.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
    bodyParser: false,
    logger: false,
  });
  const server = app.getHttpAdapter().getInstance();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}
