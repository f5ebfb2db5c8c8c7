import type { ClientBase } from 'pg';
import { KEPT_FACT } from './kept-facts.js';
import { MESSAGE_COLUMNS, toStored, type StoredMessage, type StoredMessageRow } from './message.sql.js';

/** Messages about one order that are looked at: the first ones. */
const MESSAGES_LOOKED_AT = 1_000;

/** A fact that was taken, and when what came of it was recorded. */
export interface TakenFact {
  readonly factId: string;
  readonly source: string;
  readonly recordedAt: string;
}

/** Facts about one subject, which goes by several names. */
export interface FactsAbout {
  readonly subjects: readonly string[];
  readonly facts: readonly TakenFact[];
}

/**
 * The messages that carried facts, by fact id, for each subject in its place: a message and what comes of it are recorded in one
 * transaction, and so at the very same instant; a fact that is kept by itself is named by its message. Facts of no known
 * message are absent. One statement, however many subjects.
 */
export async function findMessagesOfFacts(
  db: Pick<ClientBase, 'query'>,
  asked: readonly FactsAbout[],
): Promise<readonly ReadonlyMap<string, StoredMessage>[]> {
  const names = asked.flatMap(({ subjects, facts }, place) =>
    facts.length === 0 ? [] : subjects.map((subject) => ({ place, subject })),
  );
  if (names.length === 0) return asked.map(() => new Map());
  const { rows } = await db.query<Omit<StoredMessageRow, 'body'> & { readonly place: number }>({
    name: 'message.of-facts',
    text: `select k.place, m.*
           from (select n.place, array_agg(n.subject) as named from unnest($1::int[], $2::text[]) as n (place, subject)
                 group by n.place) k
             cross join lateral (
               select ${MESSAGE_COLUMNS} from message where subjects && k.named order by id limit $3
             ) m
           order by k.place, m.id`,
    values: [names.map(({ place }) => place), names.map(({ subject }) => subject), MESSAGES_LOOKED_AT],
  });
  const found = Map.groupBy(rows, ({ place }) => place);
  return asked.map(({ facts }, place) => byFact(facts, (found.get(place) ?? []).map(toStored)));
}

function byFact(facts: readonly TakenFact[], messages: readonly StoredMessage[]): ReadonlyMap<string, StoredMessage> {
  return new Map(
    facts.flatMap(({ factId, source, recordedAt }) => {
      const found =
        messages.find((message) => message.externalId === `${KEPT_FACT}${factId}`) ??
        messages.find((message) => message.source === source && message.receivedAt === recordedAt);
      return found === undefined ? [] : [[factId, found] as const];
    }),
  );
}
