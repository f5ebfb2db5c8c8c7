import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { StockIntake, type StockOutcome } from '../../process-apis/availability/index.js';
import { insertMessages } from '../../process-apis/intake/index.js';
import type { StockFact } from '../../src/model/stock.js';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import type { WireFact } from './stock.wire.js';

/** Takes the facts of a source, and keeps what cannot be taken with its reason, for people to see. */
@Injectable()
export class StockInbox {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly intake: StockIntake,
    private readonly cipher: FieldCipher,
  ) {}

  /** What became of each fact, in their order; committed. */
  async receive(source: string, wire: readonly WireFact[]): Promise<readonly StockOutcome[]> {
    const facts = wire.map((fact): StockFact => ({ ...fact, id: `${source}/${fact.id}`, source }));
    const outcomes = await this.intake.receive(facts);
    const refused = facts.flatMap((fact, index) => {
      const outcome = outcomes[index];
      return outcome?.result === 'REFUSED' ? [{ fact, outcome }] : [];
    });
    if (refused.length > 0) await this.keepRefused(source, refused);
    return outcomes;
  }

  private async keepRefused(
    source: string,
    refused: readonly {
      readonly fact: StockFact;
      readonly outcome: Extract<StockOutcome, { result: 'REFUSED' }>;
    }[],
  ): Promise<void> {
    await insertMessages(
      this.pool,
      refused.map(({ fact, outcome }) => {
        const id = randomUUIDv7();
        return {
          id,
          source,
          topic: 'stock',
          externalId: `fact:${fact.id}`,
          status: 'REFUSED',
          reason: outcome.code,
          detail: outcome.detail,
          pointer: outcome.pointer,
          subjects: [],
          body: this.cipher.seal(JSON.stringify(fact), `message:${id}`),
        };
      }),
    );
  }
}
