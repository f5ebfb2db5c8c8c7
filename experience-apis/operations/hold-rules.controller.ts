import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { channelSchema, skuSchema } from '../../process-apis/catalog/index.js';
import { HOLD_RULES_MAX, HoldRules, type HoldRule } from '../../process-apis/orders/index.js';
import { HOLD_KINDS } from '../../src/model/hold-kind.js';
import { recordAudit } from '../../src/platform/audit/index.js';
import { Caller, Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { invalidRequest } from '../../src/platform/http/invalid-input.js';
import { ProblemError, type ProblemDetail } from '../../src/platform/http/problem.js';
import { parse } from './operations.requests.js';

const UNITS_MAX = 1_000_000;
const TOO_MANY = `There are ${HOLD_RULES_MAX} rules already: remove those that are not needed any more.`;

const RuleBody = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    kind: z.enum(HOLD_KINDS),
    channel: channelSchema.exactOptional(),
    totalMin: z.int().min(0).exactOptional(),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'Must be a currency of ISO 4217: EUR.')
      .exactOptional(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'Must be a country of ISO 3166-1 alpha-2: DE.')
      .exactOptional(),
    sku: skuSchema.exactOptional(),
    unitsMin: z.int().min(1).max(UNITS_MAX).exactOptional(),
    reason: z.string().trim().min(1).max(500),
    active: z.boolean().default(true),
  })
  .check(({ value, issues }) => {
    const { totalMin, currency, country, sku, unitsMin } = value;
    const issue = (path: string, message: string): void =>
      void issues.push({ code: 'custom', message, path: path === '' ? [] : [path], input: value });
    if (totalMin !== undefined && currency === undefined) issue('currency', 'Say of which currency "totalMin" is.');
    if (currency !== undefined && totalMin === undefined) issue('totalMin', 'Say from which total on it holds.');
    if ([totalMin, country, sku, unitsMin].every((condition) => condition === undefined))
      issue('', 'Name what an order must have: "totalMin", "country", "sku" or "unitsMin".');
  });

/** What the database refuses, as the sender of the rule sees it. */
const REFUSALS: Readonly<Record<string, ProblemDetail>> = {
  hold_rule_name_key: { pointer: '/name', detail: 'Another rule has this name: choose another one.' },
  hold_rule_channel_fkey: { pointer: '/channel', detail: 'There is no such channel account.' },
  hold_rule_sku_fkey: { pointer: '/sku', detail: 'There is no such item: save it first, or correct the SKU.' },
};

/** Rules that stop new orders until a person releases them. Every change is recorded. */
@Controller('operations/v1/hold-rules')
export class HoldRulesController {
  constructor(
    private readonly rules: HoldRules,
    @Inject(PG_POOL) private readonly pool: Pool,
  ) {}

  /** By name. */
  @Get()
  @Scopes('operations:read')
  async list(): Promise<{ readonly rules: readonly HoldRule[] }> {
    return { rules: await this.rules.all() };
  }

  /** Creates the rule of this id, or replaces it. Orders that are held already stay so. */
  @Put(':id')
  @HttpCode(204)
  @Scopes('operations:write')
  async save(@Param('id') id: string, @Body() body: unknown, @Caller() caller: Principal): Promise<void> {
    const rule = { id: parse(z.uuid(), id), ...parse(RuleBody, body) };
    const saved = await this.rules.save(rule).catch((error: unknown) => {
      throw refusalOf(error) ?? error;
    });
    if (!saved) throw invalidRequest([{ pointer: '', detail: TOO_MANY }]);
    await this.audit(caller, 'SAVE_HOLD_RULE', rule.id, rule, 'DONE');
  }

  /** Holds that it placed stay. */
  @Delete(':id')
  @HttpCode(204)
  @Scopes('operations:write')
  async remove(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    const known = parse(z.uuid(), id);
    const removed = await this.rules.remove(known);
    await this.audit(caller, 'REMOVE_HOLD_RULE', known, {}, removed ? 'DONE' : 'NOT_FOUND');
    if (removed) return;
    const detail = `There is no hold rule ${known}.`;
    throw new ProblemError({ status: 404, code: 'UNKNOWN_HOLD_RULE', title: 'No such hold rule', detail });
  }

  private audit(
    { subject }: Principal,
    action: string,
    subjectId: string,
    input: object,
    outcome: string,
  ): Promise<void> {
    return recordAudit(this.pool, { actor: subject, action, subjectType: 'hold-rule', subjectId, input, outcome });
  }
}

function refusalOf(error: unknown): ProblemError | undefined {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  const refusal = typeof constraint === 'string' ? REFUSALS[constraint] : undefined;
  return refusal === undefined ? undefined : invalidRequest([refusal]);
}
