import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serveParent } from '../harness/helper-process.js';

let bytes = 0;
let requests = 0;
/** Takes whatever is sent, and keeps nothing of it. */
const server = createServer((request, response) => {
  requests += 1;
  request.on('data', (chunk: Buffer) => (bytes += chunk.length));
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
});

async function listen(): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

serveParent({ listen, taken: () => ({ bytes, requests }) });
