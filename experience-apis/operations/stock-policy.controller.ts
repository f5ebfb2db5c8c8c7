import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import {
  AllocationRules,
  allocationRuleSchema,
  BucketOwners,
  ownedBucketSchema,
  type AllocationRule,
  type OwnedBucket,
} from '../../process-apis/availability/index.js';
import {
  SourcingPolicies,
  SourcingPolicyError,
  type SourcingPolicy,
  type StoredSourcingPolicy,
} from '../../process-apis/sourcing/index.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import { invalidRequest } from '../../src/platform/http/invalid-input.js';
import { ProblemError } from '../../src/platform/http/problem.js';
import { bodyOf, cursorSchema, limitSchema, nextOf, parse, saving } from './operations.requests.js';

const RulesBody = bodyOf('rules', allocationRuleSchema);
const BucketsBody = bodyOf('buckets', ownedBucketSchema);

const RulesQuery = z.strictObject({
  channel: z.string().min(1).exactOptional(),
  kind: z.enum(['SHARE', 'CAP', 'BUFFER', 'EXCLUSIVE']).exactOptional(),
  sku: z.string().min(1).exactOptional(),
  limit: limitSchema,
  after: cursorSchema(1)
    .refine(([id]) => z.uuid().safeParse(id).success, 'Must be the "next" of an earlier page, as it was given.')
    .exactOptional(),
});

/** Who may sell how much, from where, and who may say what there is. */
@Controller('operations/v1')
export class StockPolicyController {
  constructor(
    private readonly rules: AllocationRules,
    private readonly owners: BucketOwners,
    private readonly sourcing: SourcingPolicies,
  ) {}

  /** Replaces the rules of the same ids: all of the body or none. */
  @Put('allocation-rules')
  @HttpCode(204)
  @Scopes('operations:write')
  async saveRules(@Body() body: unknown): Promise<void> {
    await saving('rules', this.rules.save(parse(RulesBody, body).rules));
  }

  @Get('allocation-rules')
  @Scopes('operations:read')
  async listRules(
    @Query() query: unknown,
  ): Promise<{ readonly rules: readonly AllocationRule[]; readonly next?: string }> {
    const { limit, after, ...filter } = parse(RulesQuery, query);
    const [id] = after ?? [];
    const rules = await this.rules.list(filter, { limit, ...(id === undefined ? {} : { after: id }) });
    return { rules, ...nextOf(rules, limit, (rule) => [rule.id]) };
  }

  @Delete('allocation-rules/:id')
  @HttpCode(204)
  @Scopes('operations:write')
  async deleteRule(@Param('id') id: string): Promise<void> {
    const known = z.uuid().safeParse(id).success && (await this.rules.delete([id])).length > 0;
    if (!known) throw notFound('UNKNOWN_ALLOCATION_RULE', 'No such rule', `There is no allocation rule "${id}".`);
  }

  /** Replaces the sources of each bucket that the body names: all of the body or none. */
  @Put('bucket-owners')
  @HttpCode(204)
  @Scopes('operations:write')
  async saveOwners(@Body() body: unknown): Promise<void> {
    await saving('buckets', this.owners.save(parse(BucketsBody, body).buckets));
  }

  @Get('bucket-owners')
  @Scopes('operations:read')
  async listOwners(): Promise<{ readonly buckets: readonly OwnedBucket[] }> {
    return { buckets: await this.owners.all() };
  }

  /** Replaces the policy of a channel, or of `*`. */
  @Put('sourcing-policies/:channel')
  @HttpCode(204)
  @Scopes('operations:write')
  async savePolicy(@Param('channel') channel: string, @Body() body: unknown): Promise<void> {
    try {
      await this.sourcing.save(channel, body as SourcingPolicy);
    } catch (error) {
      if (!(error instanceof SourcingPolicyError)) throw error;
      throw invalidRequest(error.errors);
    }
  }

  @Get('sourcing-policies')
  @Scopes('operations:read')
  async listPolicies(): Promise<{ readonly policies: readonly StoredSourcingPolicy[] }> {
    return { policies: await this.policies() };
  }

  @Get('sourcing-policies/:channel')
  @Scopes('operations:read')
  async policy(@Param('channel') channel: string): Promise<StoredSourcingPolicy> {
    const policy = (await this.policies()).find((stored) => stored.channel === channel);
    if (policy !== undefined) return policy;
    const detail = `"${channel}" has no sourcing policy of its own: that of "*" applies, or else the default.`;
    throw notFound('UNKNOWN_SOURCING_POLICY', 'No policy of its own', detail);
  }

  private async policies(): Promise<readonly StoredSourcingPolicy[]> {
    try {
      return await this.sourcing.all();
    } catch (error) {
      if (!(error instanceof SourcingPolicyError)) throw error;
      throw new ProblemError({
        status: 409,
        code: error.code,
        title: 'A stored policy cannot be read',
        detail: `${error.message} Save it again.`,
        errors: error.errors,
      });
    }
  }
}

function notFound(code: string, title: string, detail: string): ProblemError {
  return new ProblemError({ status: 404, code, title, detail });
}
