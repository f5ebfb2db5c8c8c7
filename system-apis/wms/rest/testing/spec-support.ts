import { Catch, Global, Module, type ArgumentsHost, type DynamicModule, type ExceptionFilter } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import { SecretSource } from '../../../../src/platform/config/secret-source.js';
import { ProblemError } from '../../../../src/platform/http/problem.js';
import {
  WMS_FACT_SINK,
  type ReleaseFulfillment,
  type WmsFact,
  type WmsFactSink,
  type WmsStockFact,
} from '../../wms.port.js';
import { WmsRestModule } from '../wms-rest.module.js';

/** For specs: the hub's edge towards the warehouse, with a sink that only remembers. */

export const TOKEN = 'warehouse-token';
export const SECRET = `whsec_${Buffer.from('the first secret of the spec').toString('base64')}`;
export const NEXT_SECRET = `whsec_${Buffer.from('the second secret of the spec').toString('base64')}`;

const SECRETS: Readonly<Record<string, string>> = { WMS_TOKEN: TOKEN, WMS_OLD: SECRET, WMS_NEW: NEXT_SECRET };

export class SpecSecrets extends SecretSource {
  constructor(private readonly values: Readonly<Record<string, string>> = SECRETS) {
    super();
  }

  get(name: string): string {
    const value = this.find(name);
    if (value === undefined) throw new Error(`the secret ${name} is not set`);
    return value;
  }

  find(name: string): string | undefined {
    return this.values[name];
  }
}

export class RememberingSink implements WmsFactSink {
  readonly facts: WmsFact[] = [];
  readonly sources = new Set<string>();
  readonly refused: { source: string; messageId: string; body: string; reason: string }[] = [];
  /** Set to make the next commit fail. */
  failure: Error | undefined;

  receive(source: string, facts: readonly WmsFact[]): Promise<void> {
    if (this.failure !== undefined) {
      const { failure } = this;
      this.failure = undefined;
      return Promise.reject(failure);
    }
    this.sources.add(source);
    this.facts.push(...facts);
    return Promise.resolve();
  }

  keepRefused(source: string, messageId: string, body: Buffer, reason: string): Promise<void> {
    this.refused.push({ source, messageId, body: body.toString(), reason });
    return Promise.resolve();
  }

  register(): void {
    // Nothing that is kept is read again here.
  }

  /** Each fact about the release once, as the hub takes it. */
  about(fulfillmentOrderId: string): readonly WmsFact[] {
    const own = this.facts.filter(
      (fact) => 'fulfillmentOrderId' in fact && fact.fulfillmentOrderId === fulfillmentOrderId,
    );
    return [...new Map(own.map((fact) => [fact.id, fact])).values()];
  }

  /** Each stock fact of the node once. */
  ofNode(node: string): readonly WmsStockFact[] {
    const own = this.facts.filter((fact): fact is WmsStockFact => 'node' in fact && fact.node === node);
    return [...new Map(own.map((fact) => [fact.id, fact])).values()];
  }
}

@Global()
@Module({})
class SpecModule {
  static with(sink: WmsFactSink): DynamicModule {
    return {
      module: SpecModule,
      providers: [
        { provide: SecretSource, useValue: new SpecSecrets() },
        { provide: WMS_FACT_SINK, useValue: sink },
      ],
      exports: [SecretSource, WMS_FACT_SINK],
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

/** Listens on loopback; bodies arrive as the platform gives them below `/wms/`: raw. */
export async function startHubEdge(
  sink: WmsFactSink,
  warehouseUrl: string,
): Promise<{ readonly app: NestFastifyApplication; readonly url: string }> {
  const settings = { url: warehouseUrl, tokenSecret: 'WMS_TOKEN', webhookSecrets: ['WMS_OLD', 'WMS_NEW'] };
  const built = await Test.createTestingModule({
    imports: [SpecModule.with(sink), WmsRestModule.forRoot({ ...settings, timeoutMs: 5_000 })],
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

let count = 0;

/** Another release each time: two lines, five units. */
export function aRelease(changes: Partial<ReleaseFulfillment> = {}): ReleaseFulfillment {
  count += 1;
  return {
    fulfillmentOrderId: `fo-${count}`,
    node: 'DC-EAST',
    channel: 'shop-eu',
    reference: `#${1000 + count}`,
    shipMethod: 'STANDARD',
    shipBy: '2026-01-02T16:00:00.000Z',
    shipTo: { name: 'Erika Example', line1: 'Example street 1', city: 'Berlin', country: 'DE' },
    lines: [
      { lineId: `line-${count}-1`, sku: 'TEE-BLK-M', quantity: 2 },
      { lineId: `line-${count}-2`, sku: 'CAM-1', quantity: 3 },
    ],
    ...changes,
  };
}
