import { SqlError } from './sql-error.js';

/** Who holds locks: a transaction. */
type Holder = object;

interface Lock {
  holder: Holder;
  readonly waiting: { readonly who: Holder; readonly granted: () => void }[];
}

const DEADLOCK_DETECTED = '40P01';

/** Exclusive locks by name, first come first served. Who would close a circle of waiting is refused. */
export class LockTable {
  /** How often somebody had to wait. */
  waits = 0;
  deadlocks = 0;
  private readonly locks = new Map<string, Lock>();
  private readonly held = new Map<Holder, Set<string>>();
  private readonly waitsFor = new Map<Holder, string>();

  constructor(private readonly wake: (run: () => void) => void) {}

  async acquire(who: Holder, name: string): Promise<void> {
    const lock = this.locks.get(name);
    if (lock === undefined) {
      this.give(who, name);
      return;
    }
    if (lock.holder === who) return;
    if (this.closesCircle(who, lock)) {
      this.deadlocks += 1;
      throw new SqlError(DEADLOCK_DETECTED, `deadlock detected at ${name}`);
    }
    this.waits += 1;
    this.waitsFor.set(who, name);
    await new Promise<void>((granted) => {
      lock.waiting.push({ who, granted });
    });
  }

  tryAcquire(who: Holder, name: string): boolean {
    const lock = this.locks.get(name);
    if (lock === undefined) this.give(who, name);
    return lock === undefined || lock.holder === who;
  }

  isHeldByOther(who: Holder, name: string): boolean {
    const lock = this.locks.get(name);
    return lock !== undefined && lock.holder !== who;
  }

  /** At its end, or when who waits has ended. */
  releaseAll(who: Holder): void {
    const waitedFor = this.waitsFor.get(who);
    if (waitedFor !== undefined) {
      const queue = this.locks.get(waitedFor)?.waiting ?? [];
      const place = queue.findIndex((waiter) => waiter.who === who);
      if (place >= 0) queue.splice(place, 1);
      this.waitsFor.delete(who);
    }
    const names = this.held.get(who) ?? [];
    this.held.delete(who);
    for (const name of names) this.passOn(name);
  }

  private passOn(name: string): void {
    const lock = this.locks.get(name);
    const next = lock?.waiting.shift();
    if (lock === undefined || next === undefined) {
      this.locks.delete(name);
      return;
    }
    lock.holder = next.who;
    this.waitsFor.delete(next.who);
    this.note(next.who, name);
    this.wake(next.granted);
  }

  private give(who: Holder, name: string): void {
    this.locks.set(name, { holder: who, waiting: [] });
    this.note(who, name);
  }

  private note(who: Holder, name: string): void {
    const names = this.held.get(who) ?? new Set();
    names.add(name);
    this.held.set(who, names);
  }

  private closesCircle(who: Holder, lock: Lock): boolean {
    for (let at: Lock | undefined = lock; at !== undefined;) {
      if (at.holder === who) return true;
      const next = this.waitsFor.get(at.holder);
      at = next === undefined ? undefined : this.locks.get(next);
    }
    return false;
  }
}
