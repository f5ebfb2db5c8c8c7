import { Injectable, Optional } from '@nestjs/common';
import type { WebSocket, WebSocketServer } from 'ws';
import { Metrics } from '../../src/platform/telemetry/metrics.js';

/** Close codes that are told by their number; others are `other`, since a client may send any. */
const KNOWN_CODES: ReadonlySet<number> = new Set([
  1000, 1001, 1005, 1006, 1009, 1011, 1013, 4400, 4401, 4403, 4406, 4408, 4409, 4429, 4500,
]);

/** What is open on one connection. */
interface OpenConnection {
  readonly subscriptions: object;
}

/** Connections, subscriptions and messages over WebSocket. Counted as they go, and read when Prometheus asks. */
@Injectable()
export class SocketMetrics {
  private readonly open = new Set<OpenConnection>();
  private readonly messages = { received: 0, sent: 0 };

  constructor(@Optional() private readonly metrics?: Metrics) {}

  /** Of this server, from now on. */
  watch(server: WebSocketServer): void {
    const { metrics } = this;
    if (metrics === undefined) return;
    const closed = metrics.counter('websocket_closed_total', 'WebSockets that ended, by close code.', ['code']);
    server.on('connection', (socket) => {
      this.countMessages(socket);
      socket.on('close', (code) => closed.inc({ code: KNOWN_CODES.has(code) ? String(code) : 'other' }));
    });
    this.show(metrics, server);
  }

  /** A connection was opened by a caller that may. */
  opened(connection: OpenConnection): void {
    this.open.add(connection);
  }

  ended(connection: OpenConnection): void {
    this.open.delete(connection);
  }

  private show(metrics: Metrics, server: WebSocketServer): void {
    const connections = metrics.gauge('websocket_connections', 'WebSockets that are open.');
    const subscriptions = metrics.gauge('websocket_subscriptions', 'Subscriptions that are open.');
    const messages = metrics.counter('websocket_messages_total', 'Messages over WebSocket.', ['direction']);
    const read = async (): Promise<void> => {
      connections.set(server.clients.size);
      subscriptions.set([...this.open].reduce((sum, of) => sum + Object.keys(of.subscriptions).length, 0));
      messages.reset();
      for (const [direction, count] of Object.entries(this.messages)) messages.inc({ direction }, count);
    };
    metrics.addLook({ source: 'websocket', gauges: [connections, subscriptions], read });
  }

  private countMessages(socket: WebSocket): void {
    socket.on('message', () => (this.messages.received += 1));
    const send = socket.send.bind(socket) as (...message: readonly unknown[]) => void;
    socket.send = (...message: readonly unknown[]): void => {
      this.messages.sent += 1;
      send(...message);
    };
  }
}
