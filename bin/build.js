#!/usr/bin/env node
// The hub and its console into dist. A signal ends what builds, too.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

await import('./check-node.js');

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STEPS = [['node_modules/@nestjs/cli/bin/nest.js', 'build'], ['bin/build-console.js']];

for (const step of STEPS) await run(step);

/** @param {readonly string[]} script a file below ROOT, and its arguments */
async function run(script) {
  const child = spawn(process.execPath, script, { cwd: ROOT, stdio: 'inherit' });
  const stop = (signal) => child.kill(signal);
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (...ended) => resolve(ended));
  });
  process.off('SIGINT', stop).off('SIGTERM', stop);
  if (signal !== null) process.kill(process.pid, signal);
  if (code !== 0) process.exit(code ?? 1);
}
