import { once } from 'node:events';
import { WebSocket } from 'ws';
import { serveParent } from '../harness/helper-process.js';
import { percentile } from '../harness/percentile.js';
import { CURSOR, EVENT_AT, type Heard, type Subscribers, type Tally } from './subscribers.js';

const SETTLE_MS = 500;
const AT_ONCE = 50;

const sockets: WebSocket[] = [];
/** The cursors that each subscriber got. */
const got: string[][] = [];
let latenciesMs: number[] = [];
let sample = '';

async function connect({ url, count, query, bearer }: Subscribers): Promise<void> {
  while (sockets.length < count) {
    const some = Math.min(AT_ONCE, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, () => open(url, query, bearer)))));
  }
  // The server's answer to a subscription is its first event alone.
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

async function open(url: string, query: string, bearer: string): Promise<WebSocket> {
  const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
  await once(socket, 'open');
  const acknowledged = once(socket, 'message');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${bearer}` } }));
  await acknowledged;
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  const cursors: string[] = [];
  got.push(cursors);
  socket.on('message', (data: Buffer) => cursors.push(hear(data.toString('utf8'))));
  return socket;
}

function hear(text: string): string {
  const at = EVENT_AT.exec(text)?.[1];
  if (at === undefined) throw new Error(`not an event: ${text.slice(0, 500)}`);
  latenciesMs.push(Date.now() - Date.parse(at));
  sample = text;
  return CURSOR.exec(text)?.[1] ?? '';
}

async function listen({ ms }: { readonly ms: number }): Promise<Heard> {
  latenciesMs = [];
  await new Promise((resolve) => setTimeout(resolve, ms));
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return { perSecond: sorted.length / (ms / 1_000), p99Ms: percentile(sorted, 0.99), sample };
}

function tally(): Tally {
  const counts = got.map((cursors) => cursors.length);
  const twice = got.reduce((sum, cursors) => sum + cursors.length - new Set(cursors).size, 0);
  return { least: Math.min(...counts), most: Math.max(...counts), twice };
}

function disconnect(): void {
  for (const socket of sockets.splice(0)) socket.terminate();
}

serveParent({ connect, listen, tally, disconnect });
