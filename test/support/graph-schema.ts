import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildSchema, lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';
import { packageRoot } from '../../src/platform/db/package-root.js';

/** The graph as it was last released: what callers may build on. */
export const RELEASED_SCHEMA = join(packageRoot(), 'schema', 'graphql.released.graphql');

/** The graph as the files under schema/graphql say it now. */
export async function currentGraphSchema(): Promise<GraphQLSchema> {
  const folder = join(packageRoot(), 'schema', 'graphql');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.graphql'));
  const texts = await Promise.all(files.toSorted().map((file) => readFile(join(folder, file), 'utf8')));
  return buildSchema(texts.join('\n'));
}

export async function releasedGraphSchema(): Promise<GraphQLSchema> {
  return buildSchema(await readFile(RELEASED_SCHEMA, 'utf8'));
}

/** The text of a schema: of the same schema always the same, in whatever files and order it is written. */
export function textOfSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
