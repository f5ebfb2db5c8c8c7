import { Body, Controller, Headers, HttpCode, Inject, Logger, Post } from '@nestjs/common';
import { PublicEndpoint } from '../../../src/platform/auth/auth.decorators.js';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { ProblemError } from '../../../src/platform/http/problem.js';
import { CARRIER_MESSAGE_SINK, type CarrierMessageSink } from '../carrier.port.js';
import { isSigned } from './easypost-signature.js';
import { EasyPostInboundCounts } from './easypost.counts.js';
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
    @Inject(EASYPOST_SETTINGS) settings: EasyPostSettings,
    secrets: SecretSource,
    private readonly counts: EasyPostInboundCounts,
    @Inject(CARRIER_MESSAGE_SINK) private readonly sink: CarrierMessageSink,
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
    const reading = await this.sink.receive(bytes);
    this.counts.add(reading.outcome === 'REFUSED' ? reading.reason : reading.outcome);
    if (reading.outcome === 'REFUSED')
      this.logger.warn(`kept a message of ${bytes.length} bytes that cannot be taken: ${reading.detail}`);
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
