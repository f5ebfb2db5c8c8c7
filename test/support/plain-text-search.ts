import type { Pool } from 'pg';

/** The tables that hold this text readably in any column, as text or as bytes. */
export async function tablesWithPlainText(pool: Pool, text: string): Promise<readonly string[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name
     from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema in ('public', 'pgboss') order by 1`,
  );
  // A row as text shows bytes in hexadecimal; JSON may hold letters beyond ASCII escaped.
  const forms = [text, Buffer.from(text).toString('hex'), JSON.stringify(text).slice(1, -1)].map((form) => `%${form}%`);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query(`select 1 from ${name} as t where t::text ilike any($1::text[]) limit 1`, [
      forms,
    ]);
    if (rows.length > 0) found.push(name);
  }
  return found;
}
