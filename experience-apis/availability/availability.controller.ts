import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import type { Pool } from 'pg';
import {
  Availability,
  planDryRun,
  UnknownInRequestError,
  type CheckAnswer,
  type DryRunLine,
} from '../../process-apis/availability/index.js';
import { Caller, OpenToChannels, Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { dryRunAnswer, type DryRunAnswer } from './availability.answers.js';
import { invalidRequest } from '../../src/platform/http/invalid-input.js';
import { readAs } from './availability.reading.js';
import { checkSchema, dryRunSchema } from './availability.wire.js';
import { ChannelAccess, READ, requireInsight } from './channel-access.js';

/** What may be sold, and where an order would go. Reads the hub's own stock alone. The contract is schema/openapi/availability.yaml. */
@Controller('availability/v1')
@OpenToChannels()
export class AvailabilityController {
  constructor(
    private readonly availability: Availability,
    private readonly access: ChannelAccess,
    @Inject(PG_POOL) private readonly pool: Pool,
  ) {}

  @Post('check')
  @HttpCode(200)
  @Scopes(READ)
  async check(@Caller() caller: Principal, @Body() body: unknown): Promise<CheckAnswer> {
    const request = readAs(checkSchema, body);
    await this.access.channelOf(caller, request.channel);
    if (request.explain) requireInsight(caller);
    try {
      return await this.availability.check(request);
    } catch (error) {
      if (error instanceof UnknownInRequestError) throw invalidRequest(error.errors);
      throw error;
    }
  }

  @Post('sourcing/dry-run')
  @HttpCode(200)
  @Scopes(READ)
  async dryRun(@Caller() caller: Principal, @Body() body: unknown): Promise<DryRunAnswer> {
    const request = readAs(dryRunSchema, body);
    const { channel, lines } = request;
    await this.access.channelOf(caller, channel);
    requireInsight(caller);
    try {
      const { asOf, run } = await planDryRun(this.availability, this.pool, { ...request, lines: lines.map(lineOf) });
      return dryRunAnswer(channel, asOf, run);
    } catch (error) {
      if (error instanceof UnknownInRequestError) throw invalidRequest(error.errors);
      throw error;
    }
  }
}

/** The schema lets exactly one of the two through. */
function lineOf({
  sku,
  listingSku = '',
  quantity,
}: {
  readonly sku?: string;
  readonly listingSku?: string;
  readonly quantity: number;
}): DryRunLine {
  return sku === undefined ? { listingSku, quantity } : { sku, quantity };
}
