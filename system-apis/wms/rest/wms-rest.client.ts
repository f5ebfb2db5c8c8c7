import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { OutsideError } from '../../../src/platform/outside/outside-error.js';
import { OutsideGate } from '../../../src/platform/outside/outside-gate.js';
import {
  evidenceOf,
  OutsideHttp,
  type OutsideAnswer,
  type OutsideRequest,
} from '../../../src/platform/outside/outside-http.js';
import { readContract } from './contract-reader.js';
import { WireCancellationAnswer, WireReleaseResults, type WireReleaseBatch } from './wms-rest-release.wire.js';
import { WireReleaseEvents } from './wms-rest-event.wire.js';
import { WireStockPage } from './wms-rest-stock.wire.js';
import { WMS_REST_POLICIES, WMS_REST_SYSTEM } from './wms-rest.policies.js';
import { WMS_REST_SETTINGS, type WmsRestSettings } from './wms-rest.settings.js';

const WireProblem = z.object({
  title: z.string().max(200),
  errors: z.array(z.object({ pointer: z.string().max(200) })).optional(),
});

/** The HTTP calls of the warehouse contract. The only place that talks to the warehouse. */
@Injectable()
export class WmsRestClient implements OnApplicationShutdown {
  private readonly http: OutsideHttp;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    @Inject(WMS_REST_SETTINGS) private readonly settings: WmsRestSettings,
    secrets: SecretSource,
    @Optional() gate: OutsideGate = new OutsideGate(),
  ) {
    this.http = new OutsideHttp(WMS_REST_SYSTEM, WMS_REST_POLICIES, gate, settings.timeoutMs);
    this.headers = {
      authorization: `Bearer ${secrets.get(settings.tokenSecret)}`,
      accept: 'application/json, application/problem+json',
    };
  }

  release(batch: WireReleaseBatch): Promise<WireReleaseResults> {
    return this.post('releaseFulfillments', '/v1/releases', batch, WireReleaseResults);
  }

  cancel(fulfillmentOrderId: string, reason: string): Promise<WireCancellationAnswer> {
    const path = `/v1/releases/${encodeURIComponent(fulfillmentOrderId)}/cancellation`;
    return this.post('cancelRelease', path, { reason }, WireCancellationAnswer);
  }

  readStock(node: string, next: string | undefined): Promise<WireStockPage> {
    const query = new URLSearchParams({ node, ...(next === undefined ? {} : { next }) });
    return this.exchange('readStock', { method: 'GET', url: this.url(`/v1/stock?${query.toString()}`) }, WireStockPage);
  }

  readReleaseEvents(fulfillmentOrderId: string): Promise<WireReleaseEvents> {
    const url = this.url(`/v1/releases/${encodeURIComponent(fulfillmentOrderId)}/events`);
    return this.exchange('readReleaseEvents', { method: 'GET', url }, WireReleaseEvents);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }

  private post<T>(operation: string, path: string, body: object, schema: z.ZodType<T>): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    return this.exchange(
      operation,
      { method: 'POST', url: this.url(path), headers, body: JSON.stringify(body) },
      schema,
    );
  }

  private async exchange<T>(
    operation: string,
    request: Pick<OutsideRequest, 'method' | 'url' | 'headers' | 'body'>,
    schema: z.ZodType<T>,
  ): Promise<T> {
    const headers = { ...this.headers, ...request.headers };
    const answer = await this.http.send({ ...request, operation, headers });
    if (answer.status !== 200) throw this.http.failure(operation, answer, explainProblem);
    return readAnswer(operation, answer, schema, request.method !== 'GET');
  }

  private url(path: string): string {
    return `${this.settings.url}${path}`;
  }
}

function readAnswer<T>(operation: string, answer: OutsideAnswer, schema: z.ZodType<T>, outcomeUnknown: boolean): T {
  const reading = readContract(schema, Buffer.from(answer.text));
  if (reading.outcome === 'READ') return reading.value;
  const where =
    reading.outcome === 'NOT_JSON'
      ? 'it is not JSON'
      : reading.errors.map(({ pointer, detail }) => `${pointer || 'the body'}: ${detail}`).join('; ');
  throw new OutsideError('contract', `the warehouse's answer to ${operation} does not fit the contract: ${where}`, {
    system: WMS_REST_SYSTEM,
    operation,
    status: answer.status,
    outcomeUnknown,
    ...evidenceOf(answer),
  });
}

/** Only the problem's title and places: its detail may quote what was sent, and that may be personal. */
function explainProblem(text: string): string {
  const reading = readContract(WireProblem, Buffer.from(text));
  if (reading.outcome !== 'READ') return 'no problem document';
  const pointers = (reading.value.errors ?? []).slice(0, 5).map(({ pointer }) => pointer);
  return pointers.length === 0 ? reading.value.title : `${reading.value.title} (${pointers.join(', ')})`;
}
