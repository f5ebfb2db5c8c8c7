import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Principal } from '../../src/platform/auth/principal.js';
import type { TokenVerifier } from '../../src/platform/auth/token-verifier.js';
import { correlationIdOrNew } from '../../src/platform/telemetry/correlation.js';
import { SubscriptionOutlet } from './subscription-outlet.js';

/** Application close codes of the `graphql-transport-ws` protocol. A client tries again after 4403, not after 4401. */
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** One WebSocket and its caller. What the token opened ends with the token. */
export class SubscriptionConnection {
  readonly correlationId: string;
  readonly outlet: SubscriptionOutlet;
  private caller: Principal | undefined;
  private expiry: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: WebSocket,
    request: IncomingMessage,
  ) {
    this.correlationId = correlationIdOrNew(request.headers['x-correlation-id']);
    this.outlet = new SubscriptionOutlet(socket);
  }

  get principal(): Principal {
    if (this.caller === undefined) throw new Error('an operation came before the connection was opened');
    return this.caller;
  }

  /** Checks the token of `connection_init`. When false, the socket is being closed. */
  async open(verifier: TokenVerifier, payload: Readonly<Record<string, unknown>> = {}): Promise<boolean> {
    const header = payload['authorization'] ?? payload['Authorization'];
    try {
      this.caller = await verifier.authenticate(typeof header === 'string' ? header : undefined);
    } catch (error) {
      this.socket.close(UNAUTHORIZED, closeReason(error));
      return false;
    }
    this.endWithToken(this.caller.expiresAt * 1000);
    return true;
  }

  closed(): void {
    clearTimeout(this.expiry);
    this.outlet.close();
  }

  private endWithToken(expiresAtMs: number): void {
    const leftMs = expiresAtMs - Date.now();
    if (leftMs <= 0) this.socket.close(FORBIDDEN, 'The token has expired: resume with a new one and the last cursor.');
    else this.expiry = setTimeout(() => this.endWithToken(expiresAtMs), Math.min(leftMs, TIMER_MS_MAX)).unref();
  }
}

/** A close frame holds at most 123 bytes of text. */
function closeReason(error: unknown): string {
  const text = error instanceof Error ? error.message : 'Unauthorized';
  return Buffer.byteLength(text) <= 123 ? text : 'Unauthorized';
}
