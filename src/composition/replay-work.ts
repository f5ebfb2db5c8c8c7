import type { OnModuleDestroy } from '@nestjs/common';
import type { ReplayWorker } from '../../process-apis/replay/index.js';
import { BackgroundLoop } from '../platform/jobs/index.js';

const SECOND = 1_000;

/** Works on replays, one turn after the other; at the end of the process a turn ends with what is under way. */
export class ReplayWork implements OnModuleDestroy {
  constructor(private readonly worker: ReplayWorker) {}

  loops(): readonly BackgroundLoop[] {
    return [new BackgroundLoop('replays', SECOND, () => this.worker.sweep())];
  }

  onModuleDestroy(): void {
    this.worker.stop();
  }
}
