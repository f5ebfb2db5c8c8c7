import type { OutsideSystem } from '../../src/model/order.js';

/** What kind of system each of this installation is, by the name in its policies. Channels' connectors are not among them. */
export class SystemKinds {
  private readonly kinds: ReadonlyMap<string, OutsideSystem>;

  constructor(kinds: Iterable<readonly [name: string, kind: OutsideSystem]>) {
    this.kinds = new Map(kinds);
  }

  of(name: string): OutsideSystem | undefined {
    return this.kinds.get(name);
  }

  names(): readonly string[] {
    return [...this.kinds.keys()];
  }
}
