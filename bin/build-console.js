#!/usr/bin/env node
// The console as files for the hub to serve: `dist/console`, or the directory that is given. The build is kept by the hash of what it was
// made of, because `nest build` empties dist each time.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WEB = join(ROOT, 'experience-apis', 'console', 'web');
const KEPT = join(ROOT, 'node_modules', '.cache', 'entrepot-console');
/** What a browser asks for compressed. Source maps are for those who look. */
const COMPRESSED = /\.(js|css|svg|html)$/;

await import('./check-node.js');
await import('./console-codegen.js');

const target = resolve(process.argv[2] ?? join(ROOT, 'dist', 'console'));
const kept = join(KEPT, hashOfSources());
if (!existsSync(kept)) await build(kept);
rmSync(target, { recursive: true, force: true });
cpSync(kept, target, { recursive: true });

/** @param {string} to appears whole or not at all: others may build at the same time. */
async function build(to) {
  // Whoever builds (a test does too) gets what is served, not what is developed with.
  process.env['NODE_ENV'] = 'production';
  const { build: bundle } = await import('vite');
  const made = `${to}.${process.pid}`;
  await bundle({
    configFile: join(WEB, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: made },
  });
  for (const file of globSync('**/*', { cwd: made }).filter((name) => COMPRESSED.test(name))) {
    const bytes = readFileSync(join(made, file));
    writeFileSync(join(made, `${file}.gz`), gzipSync(bytes, { level: 9 }));
    writeFileSync(join(made, `${file}.br`), brotliCompressSync(bytes));
  }
  // What the hub trusts: by the hashes that the pages send.
  const documents = JSON.parse(readFileSync(join(WEB, 'generated', 'persisted-documents.json'), 'utf8'));
  const byHash = Object.entries(documents).map(([id, text]) => [id.replace(/^sha256:/, ''), text]);
  writeFileSync(join(made, 'documents.json'), JSON.stringify(Object.fromEntries(byHash), undefined, 1));
  try {
    renameSync(made, to);
  } catch (error) {
    // Another process made the same in the meantime.
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}

function hashOfSources() {
  const hash = createHash('sha256');
  const files = globSync(
    ['schema/graphql/*.graphql', 'experience-apis/console/web/**/*.*', 'package-lock.json', 'bin/build-console.js'],
    { cwd: ROOT },
  );
  for (const file of files.toSorted())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  return hash.digest('hex').slice(0, 32);
}
