import type { FiguresFeed, KpiProjection } from '../../process-apis/kpi/index.js';
import { BackgroundLoop } from '../platform/jobs/index.js';

const SECOND = 1_000;

/** What keeps the figures and the picture of the flow in step with the event log. */
export class KpiWork {
  constructor(
    private readonly projection: KpiProjection,
    private readonly feed: FiguresFeed,
  ) {}

  loops(): readonly BackgroundLoop[] {
    const { projection } = this;
    return [
      new BackgroundLoop('figures', SECOND / 4, () => projection.sweep()),
      new BackgroundLoop('figures of told quantities', 5 * SECOND, () => projection.sweepTellings()),
      new BackgroundLoop('figures of stock differences', 60 * SECOND, () => projection.sweepDrift()),
      new BackgroundLoop('figures of long ago', 60 * SECOND, () => projection.sweepHistory()),
    ];
  }

  /** Tells nobody any more. */
  stop(): Promise<void> {
    return this.feed.stop();
  }
}
