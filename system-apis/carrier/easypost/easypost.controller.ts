import { createHash } from 'node:crypto';
import { Body, Controller, Headers, HttpCode, Inject, Logger, Post } from '@nestjs/common';
import { PublicEndpoint } from '../../../src/platform/auth/auth.decorators.js';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { ProblemError } from '../../../src/platform/http/problem.js';
import { CARRIER_FACT_SINK, type CarrierFactSink } from '../carrier.port.js';
import { isSigned } from './easypost-signature.js';
import { EASYPOST_SYSTEM } from './easypost.client.js';
import { EasyPostInboundCounts } from './easypost.counts.js';
import { toState } from './easypost.mapper.js';
import { readEvent } from './easypost.read.js';
import { EASYPOST_SETTINGS, type EasyPostSettings } from './easypost.settings.js';

/**
 * Where EasyPost tells how parcels fare. 200 means that it is committed or kept: nobody at EasyPost reads another answer, and an endpoint
 * that fails repeatedly is switched off. EasyPost sends an event again until it gets 2xx, and may send it twice and out of order.
 */
@Controller('carriers/easypost')
export class EasyPostController {
  private readonly logger = new Logger(EasyPostController.name);
  private readonly secrets: readonly string[];

  constructor(
    @Inject(EASYPOST_SETTINGS) private readonly settings: EasyPostSettings,
    secrets: SecretSource,
    private readonly counts: EasyPostInboundCounts,
    @Inject(CARRIER_FACT_SINK) private readonly sink: CarrierFactSink,
  ) {
    this.secrets = settings.webhookSecrets.map((name) => secrets.get(name));
  }

  @Post('events')
  @HttpCode(200)
  @PublicEndpoint('X-Hmac-Signature of the raw body')
  async receive(
    @Body() body: Buffer | undefined,
    @Headers('x-hmac-signature') signature: string | undefined,
  ): Promise<void> {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    this.checkSignature(bytes, signature);
    const reading = readEvent(bytes);
    switch (reading.outcome) {
      case 'EVENT': {
        const { id, result } = reading.event;
        await this.sink.receive(EASYPOST_SYSTEM, { id, state: toState(this.settings.carriers, result) });
        this.counts.add('TAKEN');
        return;
      }
      case 'OF_SOMETHING_ELSE':
        // The account's webhook tells of labels, batches and refunds too: the hub makes none of them.
        this.counts.add('IGNORED');
        return;
      case 'REFUSED':
        this.counts.add(reading.code === 'BODY_NOT_READABLE' ? 'NOT_READABLE' : 'NOT_IN_CONTRACT');
        this.logger.warn(`kept a message of ${bytes.length} bytes that cannot be taken: ${reading.reason}`);
        await this.sink.keepRefused(EASYPOST_SYSTEM, contentId(bytes), bytes, reading.code, reading.reason);
    }
  }

  private checkSignature(bytes: Buffer, signature: string | undefined): void {
    if (isSigned(bytes, signature, this.secrets)) return;
    const count = this.counts.add('NOT_SIGNED');
    this.logger.warn(
      `refused a message of ${bytes.length} bytes: its signature is missing or wrong (${count} since the start)`,
    );
    throw new ProblemError({
      status: 401,
      code: 'SIGNATURE_NOT_VALID',
      title: 'The signature is not valid',
      detail: 'X-Hmac-Signature must be the HMAC-SHA256 of the body with the webhook secret of this hub.',
    });
  }
}

/** A body that cannot be read has no id but its content. */
function contentId(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
