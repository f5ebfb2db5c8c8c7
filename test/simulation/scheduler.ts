import { AsyncLocalStorage } from 'node:async_hooks';
import nodeCrypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { install, type Clock } from '@sinonjs/fake-timers';
import { SeededRandom } from '../support/seeded-random.js';

/** Who runs: once it is not alive any more, nothing of it goes on, whatever it waited for. */
export interface Life {
  alive: boolean;
}

const FAKED = [
  'Date',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'performance',
  'hrtime',
] as const;

/** The machine's own, from before any of it is replaced. */
const machine = {
  random: Math.random,
  uuid: nodeCrypto.randomUUID,
  uuidv7: nodeCrypto.randomUUIDv7,
  setImmediate: globalThis.setImmediate,
};

const UUID_TIME_DIGITS = 12;
const UUID_TAIL_DIGITS = 12;
const MIDDLE_BITS = 12;

/**
 * The one source of time, order, chance and ids of a simulated world. Everything that happens is a timer of one clock;
 * between two of them all promises settle. The same seed gives the same run.
 */
export class Scheduler {
  readonly random: SeededRandom;
  /** Timers run so far. */
  steps = 0;
  private readonly lives = new AsyncLocalStorage<Life>();
  private readonly clock: Clock;
  private readonly setTimer: Clock['setTimeout'];
  private ids = 0;

  constructor(seed: number, startAt: Date) {
    this.random = new SeededRandom(seed);
    this.clock = install({ now: startAt, toFake: [...FAKED] });
    this.setTimer = this.clock.setTimeout.bind(this.clock);
    this.replaceTimers();
    this.replaceChance();
  }

  uninstall(): void {
    this.clock.uninstall();
    Math.random = machine.random;
    Object.assign(nodeCrypto, { randomUUID: machine.uuid, randomUUIDv7: machine.uuidv7 });
    syncBuiltinESMExports();
  }

  get nowMs(): number {
    return this.clock.now;
  }

  get now(): string {
    return new Date(this.clock.now).toISOString();
  }

  get life(): Life | undefined {
    return this.lives.getStore();
  }

  /** Runs something as this life: what it starts, and what goes on after it waited, belongs to it. */
  as<T>(life: Life, run: () => T): T {
    return this.lives.run(life, run);
  }

  /** Runs it after so many simulated milliseconds, unless who asks for it has ended by then. */
  after(delayMs: number, run: () => void): void {
    this.setTimer(this.guarded(run), delayMs);
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  /** Runs timer after timer until `done`, or until nothing is left to do. `afterEach` may throw: the run ends with it. */
  run(done: () => boolean, afterEach: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          if (this.steps > 0) afterEach();
          if (done() || this.clock.countTimers() === 0) {
            resolve();
            return;
          }
          this.steps += 1;
          this.clock.next();
        } catch (error) {
          reject(asError(error));
          return;
        }
        // All promises settle before the machine gets to this.
        machine.setImmediate(step);
      };
      machine.setImmediate(step);
    });
  }

  /** UUIDv7 in shape and order. */
  newId(): string {
    this.ids += 1;
    const time = this.clock.now.toString(16).padStart(UUID_TIME_DIGITS, '0');
    const middle = this.random.int(0, 2 ** MIDDLE_BITS).toString(16);
    const tail = this.ids.toString(16).padStart(UUID_TAIL_DIGITS, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${middle.padStart(3, '0')}-8000-${tail}`;
  }

  private guarded(run: () => void): () => void {
    const life = this.lives.getStore();
    if (life === undefined) return run;
    return () => {
      if (life.alive) this.lives.run(life, run);
    };
  }

  private replaceTimers(): void {
    const { clock } = this;
    const setTimeoutOfLife = (run: (...given: unknown[]) => void, delayMs?: number, ...given: unknown[]): unknown =>
      clock.setTimeout(
        this.guarded(() => run(...given)),
        delayMs ?? 0,
      );
    const setImmediateOfLife = (run: (...given: unknown[]) => void, ...given: unknown[]): unknown =>
      clock.setTimeout(
        this.guarded(() => run(...given)),
        0,
      );
    Object.assign(globalThis, { setTimeout: setTimeoutOfLife, setImmediate: setImmediateOfLife });
  }

  private replaceChance(): void {
    Math.random = () => this.random.next();
    const newId = (): string => this.newId();
    Object.assign(nodeCrypto, { randomUUID: newId, randomUUIDv7: newId });
    syncBuiltinESMExports();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
