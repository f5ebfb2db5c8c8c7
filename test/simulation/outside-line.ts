import { OutsideError } from '../../src/platform/outside/outside-error.js';
import type { SimWorld } from './sim-world.js';

const LATENCY_MS_MAX = 400;
const LATE_EFFECT_MS_MAX = 6_000;
const TIMEOUT_MS = 2_000;
const RETRY_AFTER_MS_MAX = 30_000;
const HOUR_MS = 3_600_000;

/** The line from the hub to one outside system: slow, lossy, and away at times. What arrives there is done there. */
export class OutsideLine {
  private readonly downFromMs: number;
  private readonly downToMs: number;

  constructor(
    private readonly world: SimWorld,
    readonly system: string,
  ) {
    const { random } = world.scheduler;
    const isAway = random.chance(world.plan.outage);
    this.downFromMs = world.scheduler.nowMs + (isAway ? random.int(0, 4 * HOUR_MS) : 0);
    this.downToMs = this.downFromMs + (isAway ? random.int(HOUR_MS / 4, 3 * HOUR_MS) : 0);
    if (isAway) world.count(`${system} away for hours`);
  }

  get isDown(): boolean {
    const { nowMs } = this.world.scheduler;
    return this.world.hasFaults && nowMs >= this.downFromMs && nowMs < this.downToMs;
  }

  /** Called by a process of the hub. `effect` is what the system does, and its answer; it may refuse by throwing. */
  call<T>(operation: string, effect: () => T): Promise<T> {
    const { world } = this;
    const { scheduler, plan } = world;
    const { random, life } = scheduler;
    return new Promise((resolve, reject) => {
      // The answer reaches who asked, if it still lives.
      const answer = (then: () => void): void => {
        if (life?.alive !== false) world.inLife(life, then);
      };
      const fail = (error: OutsideError, fault: string): void => {
        world.count(fault);
        answer(() => reject(error));
      };
      if (this.isDown || random.chance(plan.callFails)) {
        const error = this.error('transient', operation, 'is not there', {});
        world.later(TIMEOUT_MS, () => fail(error, `${this.system} call failed`));
        return;
      }
      if (random.chance(plan.throttled)) {
        const retryAfterMs = random.int(1_000, RETRY_AFTER_MS_MAX);
        const error = this.error('throttled', operation, 'asks to come later', { retryAfterMs });
        world.later(random.int(1, LATENCY_MS_MAX), () => fail(error, `${this.system} throttled`));
        return;
      }
      if (random.chance(plan.garbageAnswer)) {
        const error = this.error('contract', operation, 'answered with something else', {});
        world.later(random.int(1, LATENCY_MS_MAX), () => fail(error, `${this.system} answered garbage`));
        return;
      }
      if (random.chance(plan.answerLost)) {
        const unknown = this.error('transient', operation, 'did not answer in time', { outcomeUnknown: true });
        world.later(random.int(1, LATE_EFFECT_MS_MAX / 2), () => {
          try {
            effect();
          } catch {
            // It refused, and nobody hears of it.
          }
        });
        world.later(TIMEOUT_MS + LATE_EFFECT_MS_MAX / 2, () =>
          fail(unknown, `${this.system} answer lost after its effect`),
        );
        return;
      }
      world.later(random.int(1, LATENCY_MS_MAX), () => {
        try {
          const result = effect();
          if (random.chance(plan.crashAtCall)) world.crash(life, 'process crashed after a call had its effect');
          world.later(random.int(1, LATENCY_MS_MAX), () => answer(() => resolve(result)));
        } catch (error) {
          world.later(random.int(1, LATENCY_MS_MAX), () =>
            answer(() => reject(error instanceof Error ? error : new Error(String(error)))),
          );
        }
      });
    });
  }

  refusal(operation: string, message: string, reason?: string): OutsideError {
    this.world.count(`${this.system} refused`);
    return this.error('rejected', operation, message, reason === undefined ? {} : { reason });
  }

  /** Not now: it passes by itself. */
  busy(operation: string, message: string): OutsideError {
    return this.error('transient', operation, message, {});
  }

  private error(
    kind: 'transient' | 'throttled' | 'contract' | 'rejected',
    operation: string,
    message: string,
    details: { readonly retryAfterMs?: number; readonly outcomeUnknown?: boolean; readonly reason?: string },
  ): OutsideError {
    return new OutsideError(kind, `${this.system} ${message}`, { system: this.system, operation, ...details });
  }
}
