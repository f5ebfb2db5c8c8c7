import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { EVENT_AT } from './subscribers.js';

export interface RawBroadcast {
  readonly url: string;
  close(): Promise<void>;
}

/** Sends bursts of one message to whoever is connected; the time in it is that of sending. */
export async function startRawBroadcast(message: string, burst: number, everyMs: number): Promise<RawBroadcast> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket: WebSocket) =>
    socket.once('message', () => socket.send(JSON.stringify({ type: 'connection_ack' }))),
  );
  await once(server, 'listening');
  const timer = setInterval(() => {
    const text = message.replace(EVENT_AT, `"occurredAt":"${new Date().toISOString()}"`);
    for (const socket of server.clients) for (let sent = 0; sent < burst; sent += 1) socket.send(text);
  }, everyMs);
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      clearInterval(timer);
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
