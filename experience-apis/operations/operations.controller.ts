import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import {
  Intake,
  listMessages,
  UnknownMessageError,
  type IntakeResult,
  type StoredMessage,
} from '../../process-apis/intake/index.js';
import { recordAudit } from '../../src/platform/audit/index.js';
import { Caller, Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { ProblemError } from '../../src/platform/http/problem.js';
import { limitSchema, parse } from './operations.requests.js';

const MessageQuery = z.object({
  status: z.enum(['COMMITTED', 'IGNORED', 'REFUSED', 'PARKED', 'DISMISSED']).optional(),
  before: z.uuid().optional(),
  limit: limitSchema,
});

/** For people who run the hub: messages that were not taken. */
@Controller('operations/v1')
export class OperationsController {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly intake: Intake,
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
  async reprocess(@Param('id') id: string, @Caller() { subject }: Principal): Promise<IntakeResult> {
    try {
      const messageId = parse(z.uuid(), id);
      const result = await this.intake.reprocess(messageId);
      const { outcome } = result;
      const of = { subjectType: 'message', subjectId: messageId, input: {}, outcome };
      await recordAudit(this.pool, { actor: subject, action: 'REPROCESS_MESSAGE', ...of });
      return result;
    } catch (error) {
      if (!(error instanceof UnknownMessageError)) throw error;
      throw new ProblemError({ status: 404, code: error.code, title: 'No such message', detail: error.message });
    }
  }
}
