import type { Transaction } from './database.js';
import { recordsOf, type GivenRow } from './given-rows.js';

type Result = readonly unknown[] | number | Promise<readonly unknown[] | number>;

/**
 * What a statement does to the tables in memory: the rows that it gives, or the number of rows that it changed. `rows` reads
 * the columns that were given as parameters, by the names that the statement's text has for them.
 */
export type Statement = (tx: Transaction, values: readonly unknown[], rows: () => readonly GivenRow[]) => Result;

export interface FoundStatement {
  readonly run: Statement;
  readonly text: string;
}

export type Statements = Readonly<Record<string, Statement>>;

type Query = string | { readonly name?: string; readonly text: string };

/**
 * The hub's statements by their names, done in memory. One without a name is known by how its text begins.
 * A statement that is not here fails the run: nothing of the hub is left out unseen.
 */
export class StatementBook {
  private readonly known = new Map<string, FoundStatement>();

  constructor(
    private readonly named: Statements,
    /** By the first words of the text. */
    private readonly unnamed: readonly (readonly [begin: string, statement: Statement])[],
  ) {}

  run(query: Query, tx: Transaction, values: readonly unknown[]): Result {
    const { run, text } = this.find(query);
    return run(tx, values, () => recordsOf(text, values));
  }

  private find(query: Query): FoundStatement {
    const text = typeof query === 'string' ? query : query.text;
    const name = typeof query === 'string' ? undefined : query.name;
    const key = name ?? text;
    const known = this.known.get(key) ?? this.look(name, text);
    this.known.set(key, known);
    return known;
  }

  private look(name: string | undefined, text: string): FoundStatement {
    const words = text.replaceAll(/\s+/g, ' ').trim();
    const found =
      name === undefined ? this.unnamed.find(([begin]) => words.startsWith(begin))?.[1] : this.named[nameOf(name)];
    if (found === undefined) throw new Error(`the simulation does not know the statement ${name ?? words}`);
    return { run: found, text };
  }
}

/** Some names say which columns they are for: the first word tells the statement. */
function nameOf(name: string): string {
  return name.split(' ')[0] ?? name;
}
