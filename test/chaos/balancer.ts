import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What stands before several hub processes: channels know one address, and reach whichever process takes connections. */
export class Balancer {
  private readonly open = new Set<Socket>();
  private turn = 0;

  private constructor(
    private readonly server: Server,
    private readonly ports: readonly number[],
  ) {}

  static async start(ports: readonly number[]): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server, ports);
    server.on('connection', (caller) => balancer.forward(caller, ports.length));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.open) socket.destroy();
    await closed;
  }

  /** To the next process in turn; where none listens, to the one after it, until all were tried. */
  private forward(caller: Socket, triesLeft: number): void {
    if (triesLeft === 0) return void caller.destroy();
    this.turn += 1;
    const port = this.ports[this.turn % this.ports.length] ?? 0;
    const hub = connect(port, '127.0.0.1');
    this.keep(caller);
    hub.once('error', () => this.forward(caller, triesLeft - 1));
    hub.once('connect', () => {
      hub.removeAllListeners('error');
      this.keep(hub);
      hub.on('close', () => caller.destroy());
      caller.on('close', () => hub.destroy());
      caller.pipe(hub);
      hub.pipe(caller);
    });
  }

  private keep(socket: Socket): void {
    if (this.open.has(socket)) return;
    this.open.add(socket);
    // Broken connections are what the chaos is about: whoever called hears it by the end of his own.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.open.delete(socket));
  }
}
