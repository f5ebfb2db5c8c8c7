import { Body, Controller, Headers, HttpCode, Inject, Logger, Post, type OnModuleInit } from '@nestjs/common';
import { PublicEndpoint } from '../../../src/platform/auth/auth.decorators.js';
import { WMS_FACT_SINK, type WmsFactSink } from '../wms.port.js';
import { readContract } from './contract-reader.js';
import { notInContract, notReadable, notSigned } from './inbound.problems.js';
import { WmsInboundCounts } from './inbound-counts.js';
import { WebhookVerifier, type WebhookHeaders } from './webhook-verifier.js';
import { WireEventBatch } from './wms-rest-event.wire.js';
import { WMS_REST_SYSTEM } from './wms-rest.policies.js';
import { toFact } from './wms-rest.mapper.js';
import { readKeptMessage } from './wms-rest.reading.js';

/**
 * Where the warehouse tells what happened. A batch is taken as a whole or not at all, and 204 means that it is committed.
 * A signed body that cannot be taken is kept for inspection before it is refused.
 */
@Controller('wms/v1')
export class WmsRestController implements OnModuleInit {
  private readonly logger = new Logger(WmsRestController.name);

  constructor(
    private readonly verifier: WebhookVerifier,
    private readonly counts: WmsInboundCounts,
    @Inject(WMS_FACT_SINK) private readonly sink: WmsFactSink,
  ) {}

  onModuleInit(): void {
    this.sink.register(WMS_REST_SYSTEM, readKeptMessage);
  }

  @Post('events')
  @HttpCode(204)
  @PublicEndpoint('Standard Webhooks signature of the raw body')
  async receive(
    @Body() body: Buffer | undefined,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
  ): Promise<void> {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const signed = this.checkSignature(bytes, headers);
    const batch = await this.read(signed['webhook-id'], bytes);
    await this.sink.receive(WMS_REST_SYSTEM, batch.events.map(toFact));
    this.counts.add('TAKEN');
  }

  private checkSignature(bytes: Buffer, headers: Readonly<Record<string, string | undefined>>): WebhookHeaders {
    const signed: WebhookHeaders = {
      'webhook-id': headers['webhook-id'] ?? '',
      'webhook-timestamp': headers['webhook-timestamp'] ?? '',
      'webhook-signature': headers['webhook-signature'] ?? '',
    };
    if (this.verifier.isSigned(bytes, signed)) return signed;
    const count = this.counts.add('NOT_SIGNED');
    this.logger.warn(
      `refused a message of ${bytes.length} bytes: its signature is missing, wrong or too old (${count} since the start)`,
    );
    throw notSigned();
  }

  private async read(messageId: string, bytes: Buffer): Promise<WireEventBatch> {
    const reading = readContract(WireEventBatch, bytes);
    switch (reading.outcome) {
      case 'READ':
        return reading.value;
      case 'NOT_JSON':
        this.counts.add('NOT_READABLE');
        await this.sink.keepRefused(WMS_REST_SYSTEM, messageId, bytes, 'BODY_NOT_READABLE');
        throw notReadable();
      case 'MISMATCH': {
        this.counts.add('NOT_IN_CONTRACT');
        const where = reading.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
        await this.sink.keepRefused(WMS_REST_SYSTEM, messageId, bytes, `CONTRACT_MISMATCH: ${where}`);
        throw notInContract(reading.errors);
      }
    }
  }
}
