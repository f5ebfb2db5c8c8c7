import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { SqlCatalog } from '../../process-apis/catalog/index.js';
import {
  Intake,
  listMessages,
  UnknownMessageError,
  type IntakeResult,
  type StoredMessage,
} from '../../process-apis/intake/index.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { InvalidInputError } from '../../src/platform/http/invalid-input.js';
import { jsonPointer, ProblemError } from '../../src/platform/http/problem.js';

const PAGE_MAX = 200;

const MessageQuery = z.object({
  status: z.enum(['COMMITTED', 'IGNORED', 'REFUSED', 'PARKED']).optional(),
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
});

const ListingsBody = z.object({
  listings: z
    .array(
      z.object({
        channel: z.string().min(1),
        listingSku: z.string().min(1),
        sku: z.string().min(1),
        listingKeys: z.record(z.string(), z.string()).default({}),
      }),
    )
    .min(1)
    .max(1_000),
});

/** For people who run the hub: messages that were not taken, and the mapping of listings that orders wait for. */
@Controller('operations/v1')
export class OperationsController {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly intake: Intake,
    private readonly catalog: SqlCatalog,
  ) {}

  /** Stored messages, newest first, without their bodies. */
  @Get('messages')
  @Scopes('operations:read')
  async messages(@Query() query: unknown): Promise<{ messages: readonly StoredMessage[]; next?: string }> {
    const { status, before, limit } = parse(MessageQuery, query);
    const messages = await listMessages(this.pool, status, before, limit);
    const last = messages.at(-1);
    return { messages, ...(messages.length === limit && last !== undefined ? { next: last.id } : {}) };
  }

  /** Reads and decides on a stored message again: after its cause was mended. Nothing happens twice. */
  @Post('messages/:id/reprocess')
  @HttpCode(200)
  @Scopes('operations:write')
  async reprocess(@Param('id') id: string): Promise<IntakeResult> {
    try {
      return await this.intake.reprocess(parse(z.uuid(), id));
    } catch (error) {
      if (!(error instanceof UnknownMessageError)) throw error;
      throw new ProblemError({ status: 404, code: error.code, title: 'No such message', detail: error.message });
    }
  }

  /** Maps listing SKUs to items. Orders that waited for one of them go on by themselves. */
  @Put('listings')
  @HttpCode(204)
  @Scopes('operations:write')
  async saveListings(@Body() body: unknown): Promise<void> {
    const { listings } = parse(ListingsBody, body);
    try {
      await this.catalog.saveListings(listings);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      throw invalid(error.errors.map(({ pointer, detail }) => ({ pointer: `/listings${pointer}`, detail })));
    }
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.map((issue) => ({
      pointer: jsonPointer(issue.path),
      detail: issue.message,
    })),
  );
}

function invalid(errors: readonly { pointer: string; detail: string }[]): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'INVALID_REQUEST',
    title: 'The request does not fit',
    detail: 'See errors: each says where and what.',
    errors,
  });
}
