import { fork, type ChildProcess } from 'node:child_process';

interface Call {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** A process beside the measured one, so that what makes the load does not take turns with what bears it. */
export class HelperProcess {
  private readonly pending = new Map<number, Pending>();
  private calls = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (message) => this.settle(message as Answer));
    child.on('exit', (code) => this.failAll(`a helper process ended with ${code}`));
  }

  /** Runs a module that calls `serveParent`. */
  static start(module: URL): HelperProcess {
    // Not the options of this process: a profiler would write a second profile.
    return new HelperProcess(fork(module, { execArgv: ['--enable-source-maps'] }));
  }

  /** `argument` and the result are JSON. */
  call<Result>(method: string, argument: unknown = {}): Promise<Result> {
    this.calls += 1;
    const call: Call = { id: this.calls, method, argument };
    return new Promise<unknown>((resolve, reject) => {
      this.pending.set(call.id, { resolve, reject });
      this.child.send(call, (error) => error !== null && reject(error));
    }) as Promise<Result>;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.disconnect();
    await ended;
  }

  private settle({ id, result, error }: Answer): void {
    const waiting = this.pending.get(id);
    this.pending.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  }

  private failAll(reason: string): void {
    for (const { reject } of this.pending.values()) reject(new Error(reason));
    this.pending.clear();
  }
}

type Methods = Readonly<Record<string, (argument: never) => unknown>>;

/** In the helper process: answers the calls of the parent, until the parent lets go. */
export function serveParent(methods: Methods): void {
  process.on('message', (message) => {
    const { id, method, argument } = message as Call;
    void answer(methods[method], argument).then((result) => process.send?.({ id, ...result }));
  });
  process.on('disconnect', () => process.exit(0));
}

async function answer(
  method: ((argument: never) => unknown) | undefined,
  argument: unknown,
): Promise<Omit<Answer, 'id'>> {
  try {
    if (method === undefined) throw new Error('the helper process has no such method');
    return { result: await method(argument as never) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
