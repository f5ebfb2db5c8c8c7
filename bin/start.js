#!/usr/bin/env node
// `npm start`: builds, and is the hub then. One process and one command, since a shell between npm and the hub keeps SIGTERM to itself.
await import('./build.js');
process.setSourceMapsEnabled(true);
await import('../dist/src/main.js');
