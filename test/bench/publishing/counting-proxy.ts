import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a channel was asked, as seen on the wire. */
export interface WireCounts {
  /** Calls by `<method> <path up to its third part>`. */
  readonly calls: Readonly<Record<string, number>>;
  /** Calls that the channel refused for its rate limit. */
  readonly refusedByLimit: number;
  /** Query cost that the answers stated, in points; 0 where the channel states none. */
  readonly points: number;
}

const PATH_PARTS = 3;

/** Stands before a sandbox and counts what passes. */
export class CountingProxy {
  private readonly calls = new Map<string, number>();
  private refusedByLimit = 0;
  private points = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(target: string): Promise<CountingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const proxy = new CountingProxy(server, `http://127.0.0.1:${port}`);
    server.on('request', (incoming: IncomingMessage, answer: ServerResponse) => proxy.pass(target, incoming, answer));
    return proxy;
  }

  counts(): WireCounts {
    return { calls: Object.fromEntries(this.calls), refusedByLimit: this.refusedByLimit, points: this.points };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(target: string, incoming: IncomingMessage, answer: ServerResponse): void {
    const { method = 'GET', url = '/', headers } = incoming;
    const forwarded = request(new URL(url, target), { method, headers }, (received) => {
      const chunks: Buffer[] = [];
      received.on('data', (chunk: Buffer) => chunks.push(chunk));
      received.on('end', () => {
        const body = Buffer.concat(chunks);
        this.count(`${method} ${pathOf(url)}`, received.statusCode ?? 0, body);
        answer.writeHead(received.statusCode ?? 502, received.headers).end(body);
      });
    });
    forwarded.on('error', (error) => answer.destroy(error));
    incoming.pipe(forwarded);
  }

  private count(call: string, status: number, body: Buffer): void {
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    const cost = /"requestedQueryCost":\s*(\d+)/.exec(body.toString('latin1'));
    this.points += Number(cost?.[1] ?? 0);
    if (status === 429 || body.includes('"THROTTLED"')) this.refusedByLimit += 1;
  }
}

function pathOf(url: string): string {
  const [path = ''] = url.split('?');
  return path
    .split('/')
    .slice(0, PATH_PARTS + 1)
    .join('/');
}
