import type { ClientBase } from 'pg';
import { storableJson } from '../db/storable-json.js';

/** A fact that was taken, and what came of it: the answer to the same fact when it comes again. */
export interface RecordedFact<Outcome> {
  readonly id: string;
  readonly digest?: string;
  readonly outcome: Outcome;
}

export async function findFacts<Outcome>(
  tx: ClientBase,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordedFact<Outcome>>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<{ id: string; digest: string | null; outcome: Outcome }>({
    name: 'fact.find',
    text: 'select id, digest, outcome from fact where id = any($1::text[])',
    values: [ids],
  });
  return new Map(
    rows.map((row) => [
      row.id,
      { id: row.id, outcome: row.outcome, ...(row.digest === null ? {} : { digest: row.digest }) },
    ]),
  );
}

/** Fails with a unique violation when another transaction took one of them meanwhile: run the transaction again. */
export async function insertFacts(tx: ClientBase, facts: readonly RecordedFact<unknown>[]): Promise<void> {
  if (facts.length === 0) return;
  await tx.query({
    name: 'fact.insert',
    text: `insert into fact (id, digest, outcome)
           select * from unnest($1::text[], $2::text[], $3::jsonb[]) as f (id, digest, outcome) order by id`,
    values: [
      facts.map((fact) => fact.id),
      facts.map((fact) => fact.digest ?? null),
      facts.map((fact) => storableJson(fact.outcome)),
    ],
  });
}
