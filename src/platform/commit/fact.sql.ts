import type { ClientBase } from 'pg';
import { jsonArray, jsonTexts, plainArray } from '../db/set-parameters.js';
import { sentTogether } from './transaction.js';

/** A fact that was taken, and what came of it: the answer to the same fact when it comes again. */
export interface RecordedFact<Outcome> {
  readonly id: string;
  readonly digest?: string;
  readonly outcome: Outcome;
  readonly told?: ToldFact;
  /** It was refused before and was tried again: this outcome takes the place of that one. */
  readonly replaces?: true;
}

/** What is kept of a fact beside its outcome, to find it and to run it again. */
export interface ToldFact {
  /** What it is about. */
  readonly subjectId?: string;
  readonly source: string;
  readonly kind: string;
  readonly occurredAt: string;
  /** What it said, where no message keeps it. Free of personal data. */
  readonly body?: object;
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
  const replaced = facts.filter((fact) => fact.replaces === true);
  const fresh = replaced.length === 0 ? facts : facts.filter((fact) => fact.replaces !== true);
  await sentTogether([insertFresh(tx, fresh), replaceOutcomes(tx, replaced)]);
}

async function insertFresh(tx: ClientBase, facts: readonly RecordedFact<unknown>[]): Promise<void> {
  if (facts.length === 0) return;
  await tx.query({
    name: 'fact.insert',
    text: `insert into fact (id, digest, outcome, subject_id, source, kind, occurred_at, body)
           select id, digest, outcome, subject_id, source, kind, occurred_at, nullif(body::text, 'null')::json
           from unnest($1::text[], $2::text[], ${jsonArray('$3')}, $4::uuid[], $5::text[], $6::text[], $7::timestamptz[],
                       ${jsonArray('$8')})
             as f (id, digest, outcome, subject_id, source, kind, occurred_at, body)
           order by id`,
    values: [
      facts.map((fact) => fact.id),
      facts.map((fact) => fact.digest ?? null),
      jsonTexts(facts.map((fact) => fact.outcome)),
      plainArray(facts.map(({ told }) => told?.subjectId ?? null)),
      facts.map(({ told }) => told?.source ?? null),
      plainArray(facts.map(({ told }) => told?.kind ?? null)),
      plainArray(facts.map(({ told }) => told?.occurredAt ?? null)),
      jsonTexts(facts.map(({ told }) => told?.body ?? null)),
    ],
  });
}

/** The row's lock keeps others away until the commit; who wants to replace it too finds out behind it. */
async function replaceOutcomes(tx: ClientBase, facts: readonly RecordedFact<unknown>[]): Promise<void> {
  if (facts.length === 0) return;
  await tx.query({
    name: 'fact.replace-outcome',
    text: `update fact f set outcome = r.outcome, subject_id = coalesce(r.subject_id, f.subject_id)
           from unnest($1::text[], ${jsonArray('$2')}, $3::uuid[]) as r (id, outcome, subject_id)
           where f.id = r.id`,
    values: [
      facts.map((fact) => fact.id),
      jsonTexts(facts.map((fact) => fact.outcome)),
      plainArray(facts.map(({ told }) => told?.subjectId ?? null)),
    ],
  });
}
