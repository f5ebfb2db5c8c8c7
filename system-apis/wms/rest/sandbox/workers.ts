import type { WireEvent } from '../wms-rest-event.wire.js';
import type { Clock } from './clock.js';
import { nextStep, type StepKind } from './held-release.js';
import type { Ledger } from './ledger.js';

export type StepDelays = Readonly<Record<StepKind, number>>;

/** Works each release step by step, one timer each, and hands out the events of each step. */
export class Workers {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly halted = new Set<string>();
  private paused = false;

  constructor(
    private readonly ledger: Ledger,
    private readonly delays: StepDelays,
    private readonly clock: Clock,
    private readonly onEvents: (events: readonly WireEvent[]) => void,
  ) {}

  /** Plans the next step of a release, if there is one. */
  plan(id: string): void {
    const held = this.ledger.heldRelease(id);
    const step = held === undefined ? undefined : nextStep(held);
    if (step === undefined) return;
    this.timers.set(
      id,
      setTimeout(() => this.due(id), this.delays[step]),
    );
  }

  pause(): void {
    this.paused = true;
  }

  /** Steps that fell due meanwhile happen now. */
  resume(): void {
    this.paused = false;
    const due = [...this.halted];
    this.halted.clear();
    for (const id of due) this.due(id);
  }

  /** Works a release on until the step is done, at once and also while paused. */
  workUntil(id: string, last: StepKind): void {
    clearTimeout(this.timers.get(id));
    this.halted.delete(id);
    for (let step = this.work(id); step !== undefined && step !== last; step = this.work(id));
    this.plan(id);
  }

  /** The carrier will not take the parcels: the work stands still until it does, or is cancelled. */
  carrierRefuses(id: string, reason: string): void {
    clearTimeout(this.timers.get(id));
    this.halted.delete(id);
    this.onEvents(this.ledger.record({ t: 'carrierRefused', id, reason, at: this.clock.now() }));
  }

  carrierTakes(id: string): void {
    this.ledger.record({ t: 'carrierTook', id });
    this.plan(id);
  }

  close(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private due(id: string): void {
    this.timers.delete(id);
    if (this.paused) {
      this.halted.add(id);
      return;
    }
    this.work(id);
    this.plan(id);
  }

  private work(id: string): StepKind | undefined {
    const held = this.ledger.heldRelease(id);
    const kind = held === undefined ? undefined : nextStep(held);
    if (held === undefined || kind === undefined) return undefined;
    this.onEvents(this.ledger.record({ t: 'step', id, step: held.stepsDone, at: this.clock.now() }));
    return kind;
  }
}
