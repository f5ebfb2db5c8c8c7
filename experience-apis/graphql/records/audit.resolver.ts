import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import type { Pool } from 'pg';
import { listAudits, type AuditFilter, type AuditRecord } from '../../../src/platform/audit/index.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { PG_POOL } from '../../../src/platform/db/database.module.js';
import { requireHouse } from '../channel-sight.js';
import { givenOnly, type Given } from '../given.js';
import { badInput } from '../graphql-errors.js';
import { checkPageSize, keyOfCursor, toConnection, type Connection, type PageArguments } from '../list-page.js';
import type { OperationContext } from '../operation-context.js';
import { AUDIT_READ, checkTexts, FOR_THE_HOUSE, uuidOfCursor } from './record-access.js';

export const AUDITS_PAGE_MAX = 100;

type Filter = Omit<AuditFilter, 'from' | 'to'> & { readonly from: Date; readonly to: Date };

@Resolver()
@Scopes(AUDIT_READ)
export class AuditResolver {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  @Query('audits')
  async audits(
    _: unknown,
    { filter, ...page }: PageArguments & { readonly filter?: Given<Filter> | null },
    { principal }: OperationContext,
  ): Promise<Connection<AuditRecord>> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(page.first, AUDITS_PAGE_MAX);
    const { from, to, ...texts } = givenOnly<Filter>(filter ?? {});
    checkTexts(texts);
    if (texts.subjectId !== undefined && texts.subjectType === undefined)
      throw badInput('"subjectId" needs "subjectType": say what kind of thing it is.');
    const wanted: AuditFilter = {
      ...texts,
      ...(from === undefined ? {} : { from: from.toISOString() }),
      ...(to === undefined ? {} : { to: to.toISOString() }),
    };
    const before = uuidOfCursor(keyOfCursor(page.after, 1));
    return toConnection(await listAudits(this.pool, wanted, before, page.first + 1), page, ({ id }) => [id]);
  }
}
