#!/usr/bin/env node
// `npx entrepot <command>`: npm puts the Node.js of the devDependency `node@24` first on the PATH.
import { existsSync } from 'node:fs';

await import('./check-node.js');

const built = new URL('../dist/src/cli.js', import.meta.url);
if (existsSync(built)) {
  process.setSourceMapsEnabled(true);
  await import(built.href);
} else {
  console.error('Entrepot is not built yet: run `npm run build` once.');
  process.exitCode = 2;
}
