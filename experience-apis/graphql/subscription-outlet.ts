import type { WebSocket } from 'ws';

/** What may wait in the memory of one socket, in bytes, besides what the system's own buffers hold. */
export const BUFFERED_BYTES_MAX = 512 * 1024;
const LOOK_MS = 50;

export type OutletSocket = Pick<WebSocket, 'bufferedAmount' | 'send'>;

/** The way out to one client, shared by its subscriptions. Says when the client does not keep up. */
export class SubscriptionOutlet {
  private readonly waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly socket: OutletSocket) {}

  /** Whether the client takes what it is sent. What is sent regardless is kept, without a bound. */
  get isFree(): boolean {
    return this.socket.bufferedAmount < BUFFERED_BYTES_MAX;
  }

  send(text: string): void {
    this.socket.send(text);
  }

  /** Resolves when the client has taken enough; may stay open for as long as the client does nothing. */
  async freed(): Promise<void> {
    if (this.isFree) return;
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
      // The socket tells nobody that it has drained.
      this.timer ??= setInterval(() => this.look(), LOOK_MS);
    });
  }

  /** The client is gone: whoever waits for it goes on. */
  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    for (const resume of this.waiting.splice(0)) resume();
  }

  private look(): void {
    if (this.isFree) this.close();
  }
}
