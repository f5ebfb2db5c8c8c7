import type { ClientBase } from 'pg';
import { CursorStore } from './cursor-store.js';

/** Cursors in the table `cursor`. */
export class SqlCursorStore extends CursorStore {
  constructor(private readonly db: Pick<ClientBase, 'query'>) {
    super();
  }

  override async get(name: string): Promise<string | undefined> {
    const { rows } = await this.db.query<{ value: string }>('select value from cursor where name = $1', [name]);
    return rows[0]?.value;
  }

  override async set(name: string, value: string): Promise<void> {
    await this.db.query(
      `insert into cursor (name, value) values ($1, $2)
       on conflict (name) do update set value = excluded.value, updated_at = now()`,
      [name, value],
    );
  }
}
