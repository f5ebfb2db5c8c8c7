import type {
  Pressure,
  PressureSignals,
  RetryPolicy,
  TaskPolicies,
  TaskQueue,
  TaskTarget,
  Tier,
} from '../jobs/index.js';
import type { OutsideGate } from './outside-gate.js';

/** Tasks run as the policies of the operations say that they lead to, and as the pressure on the process allows. */
export class GateTaskPolicies implements TaskPolicies {
  constructor(
    private readonly gate: OutsideGate,
    private readonly pressure: Pressure,
  ) {}

  heldBack(tier: Tier, target: TaskTarget | undefined): string | undefined {
    return this.heldOutside(target) ?? this.pressure.waitsFor(tier);
  }

  /** Because of the other side or an operator: such tasks are no sign of pressure. */
  heldOutside(target: TaskTarget | undefined): string | undefined {
    return target === undefined ? undefined : this.gate.heldBack(target.system, target.use);
  }

  /**
   * What the pressure is judged by. `commitLoad` is that of the fullest process. The age of work that waits for the other side
   * (its limits, its slowness) is no sign: lower tiers that wait would not help it.
   */
  async signals(queue: TaskQueue, commitLoad: number): Promise<PressureSignals> {
    const oldestMs = new Map<Tier, number>();
    for (const { tier, target, ms } of await queue.oldestReady())
      if (this.heldOutside(target) === undefined && !this.gate.isLimited(tier, target))
        oldestMs.set(tier, Math.max(ms, oldestMs.get(tier) ?? 0));
    return { commitLoad, oldestMs };
  }

  retry({ system, use }: TaskTarget): RetryPolicy | undefined {
    const operations = this.gate.policies.ofUse(system, use);
    return (operations.find(({ write }) => write) ?? operations[0])?.retry;
  }
}
