import { Catch, Global, Module, type ArgumentsHost, type DynamicModule, type ExceptionFilter } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import { SecretSource } from '../../../../src/platform/config/secret-source.js';
import { OutsideGate } from '../../../../src/platform/outside/outside-gate.js';
import { ProblemError } from '../../../../src/platform/http/problem.js';
import {
  CARRIER_MESSAGE_SINK,
  CARRIER_PORT,
  type CarrierMessageSink,
  type CarrierPort,
  type CarrierReading,
  type TrackingState,
} from '../../carrier.port.js';
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

/** Reads messages as the hub does, and only remembers what they say. */
export class RememberingSink implements CarrierMessageSink {
  readonly readings: CarrierReading[] = [];
  port: CarrierPort | undefined;
  /** Set to make the next commit fail. */
  failure: Error | undefined;

  receive(body: Buffer): Promise<CarrierReading> {
    if (this.port === undefined) throw new Error('the sink was not given its port');
    if (this.failure !== undefined) {
      const { failure } = this;
      this.failure = undefined;
      return Promise.reject(failure);
    }
    const reading = this.port.interpret(body);
    this.readings.push(reading);
    return Promise.resolve(reading);
  }

  get states(): readonly TrackingState[] {
    return this.readings.flatMap((reading) => (reading.outcome === 'NEWS' ? [reading.state] : []));
  }
}

@Global()
@Module({})
class SpecModule {
  static with(sink: CarrierMessageSink): DynamicModule {
    return {
      module: SpecModule,
      providers: [
        { provide: SecretSource, useValue: new SpecSecrets() },
        { provide: OutsideGate, useValue: new OutsideGate() },
        { provide: CARRIER_MESSAGE_SINK, useValue: sink },
      ],
      exports: [SecretSource, OutsideGate, CARRIER_MESSAGE_SINK],
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
  sink: RememberingSink,
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
  sink.port = app.get<CarrierPort>(CARRIER_PORT);
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}
