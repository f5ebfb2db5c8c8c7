const TWO_POW_32 = 2 ** 32;

/** Numbers that a seed gives again in the same order (mulberry32). */
export class SeededRandom {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / TWO_POW_32;
  }

  /** A whole number from `min` up to, and without, `end`. */
  int(min: number, end: number): number {
    return min + Math.floor(this.next() * (end - min));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws RangeError of an empty list. */
  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new RangeError('there is nothing to pick from');
    return choices[this.int(0, choices.length)] as T;
  }
}
