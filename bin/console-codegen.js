#!/usr/bin/env node
// Types of the console's operations, and the operations themselves by their hashes, made of the SDL. Skipped while neither has changed.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WEB = join(ROOT, 'experience-apis', 'console', 'web');
const STAMP = join(WEB, 'generated', '.made-of');

const made = hashOf(
  globSync(
    [
      'schema/graphql/*.graphql',
      'experience-apis/console/web/{app,auth,live,ui,pages}/**/*.{ts,tsx}',
      'experience-apis/console/web/codegen.js',
      'package-lock.json',
    ],
    { cwd: ROOT },
  ),
);
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== made) {
  const { generate, CodegenContext } = await import('@graphql-codegen/cli');
  const { default: config } = await import('../experience-apis/console/web/codegen.js');
  mkdirSync(join(WEB, 'generated'), { recursive: true });
  try {
    await generate(new CodegenContext({ config: { ...config, cwd: WEB, silent: true, errorsOnly: true } }), true);
  } catch (error) {
    const causes = error instanceof AggregateError ? error.errors : [error];
    for (const cause of causes) console.error(`console: ${cause instanceof Error ? cause.message : String(cause)}`);
    process.exit(1);
  }
  writeFileSync(STAMP, made);
}

/** @param {readonly string[]} files */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files.toSorted())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  return hash.digest('hex');
}
