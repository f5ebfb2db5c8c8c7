import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { recordAudits, type AuditEntry } from '../../src/platform/audit/index.js';
import { findFacts, inTransaction, insertFacts } from '../../src/platform/commit/index.js';

const UNIQUE_VIOLATION = '23505';

/** Requests of persons, each answered once: kept beside the facts, with what is audited of it. */
export class RememberedRequests<Answer extends object> {
  constructor(private readonly pool: Pool) {}

  /** What the same request was answered before. */
  async find(id: string): Promise<{ readonly digest: string | undefined; readonly answer: Answer } | undefined> {
    const known = await inTransaction(this.pool, (tx) => findFacts<Answer>(tx, [id]));
    const fact = known.get(id);
    return fact === undefined ? undefined : { digest: fact.digest, answer: fact.outcome };
  }

  /** False when another request of this id was first: its answer counts. */
  async keep(id: string, digest: string, answer: Answer, audited: readonly AuditEntry[]): Promise<boolean> {
    try {
      await inTransaction(this.pool, async (tx) => {
        await insertFacts(tx, [{ id, digest, outcome: answer }]);
        await recordAudits(tx, audited);
      });
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return false;
      throw error;
    }
  }
}

export function digestOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
