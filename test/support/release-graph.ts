import { writeFile } from 'node:fs/promises';
import { currentGraphSchema, RELEASED_SCHEMA, releasedGraphSchema, textOfSchema } from './graph-schema.js';
import { forbiddenChanges, undatedDeprecations } from './schema-gate.js';

/** Makes the graph of now the released one, unless callers of the last release would trip over it. */
const current = await currentGraphSchema();
const today = new Date().toISOString().slice(0, 10);
const wrong = [
  ...forbiddenChanges(await releasedGraphSchema(), current, today),
  ...undatedDeprecations(current).map((coordinate) => `${coordinate} is deprecated without a day of removal.`),
];
if (wrong.length > 0) {
  console.error(`The graph cannot be released (docs/changing-the-graph.md):\n${wrong.join('\n')}`);
  process.exitCode = 1;
} else {
  await writeFile(RELEASED_SCHEMA, textOfSchema(current));
  console.log(`${RELEASED_SCHEMA} is the graph of now.`);
}
