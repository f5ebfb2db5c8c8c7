import type { CarrierFollowUp, CarrierTasks } from '../../process-apis/fulfillment/index.js';
import { BackgroundLoop, type TaskQueue } from '../platform/jobs/index.js';

const LOOK_EVERY_MS = 10_000;
const FORGET_EVERY_MS = 3_600_000;

/** What watches packages in the background; nothing, where this installation has no carrier's system. */
export class CarrierWork {
  constructor(
    private readonly tasks?: CarrierTasks,
    private readonly followUp?: CarrierFollowUp,
  ) {}

  register(queue: TaskQueue): void {
    this.tasks?.register(queue);
  }

  loops(): readonly BackgroundLoop[] {
    const { followUp } = this;
    if (followUp === undefined) return [];
    return [
      new BackgroundLoop('packages without news', LOOK_EVERY_MS, () => followUp.sweep()),
      new BackgroundLoop('packages of long ago', FORGET_EVERY_MS, () => followUp.sweepOld()),
    ];
  }
}
