import pg from 'pg';
import { DUMP_STATEMENTS } from './schema-dump.sql.js';

const HEADER = `-- The schema that all migrations together make. Written by \`npm run schema:dump\`; not meant to be run.`;

/**
 * The schema `public` as text for people and for a diff. Read from the catalogs, because the embedded PostgreSQL
 * brings no pg_dump, and because pg_dump's text changes with its version.
 */
export async function dumpSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // Names are written without their schema only when it is the one searched.
    await client.query('set search_path to public');
    const parts: string[] = [HEADER];
    for (const statement of DUMP_STATEMENTS) {
      const { rows } = await client.query<{ text: string }>(statement);
      parts.push(...rows.map(({ text }) => text.trim()));
    }
    return `${parts.join('\n\n')}\n`;
  } finally {
    await client.end();
  }
}
