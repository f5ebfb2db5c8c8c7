import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import type { Pool } from 'pg';
import {
  Availability,
  dryRun,
  UnknownInRequestError,
  type CheckAnswer,
  type Demand,
  type Wanted,
} from '../../process-apis/availability/index.js';
import { Caller, OpenToChannels, Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import type { ProblemDetail } from '../../src/platform/http/problem.js';
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
    const { channel, lines, collectAt } = request;
    await this.access.channelOf(caller, channel);
    requireInsight(caller);
    const wanted = lines.map(({ sku, listingSku = '' }): Wanted =>
      sku === undefined ? { channel, listingSku } : { sku },
    );
    const facts = await this.availability.read(this.pool, wanted);
    const errors: ProblemDetail[] = [];
    if (collectAt !== undefined && !facts.nodes.some(({ id }) => id === collectAt))
      errors.push({ pointer: '/collectAt', detail: `There is no node "${collectAt}".` });
    const demands = wanted.flatMap((each, index): readonly Demand[] => {
      const selling = facts.find(each);
      const quantity = lines[index]?.quantity ?? 0;
      if (selling !== undefined) return [{ lineId: String(index), quantity, components: selling.components }];
      errors.push(unknownLine(each, index));
      return [];
    });
    if (errors.length > 0) throw invalidRequest(errors);
    return dryRunAnswer(channel, facts.now, dryRun({ ...request, demands }, facts));
  }
}

function unknownLine(wanted: Wanted, index: number): ProblemDetail {
  if ('sku' in wanted) return { pointer: `/lines/${index}/sku`, detail: `There is no item "${wanted.sku}".` };
  const { channel, listingSku } = wanted;
  return {
    pointer: `/lines/${index}/listingSku`,
    detail: `The channel "${channel}" has no listing "${listingSku}" that is mapped to an item.`,
  };
}
