import { Injectable } from '@nestjs/common';

export type InboundOutcome = 'TAKEN' | 'NOT_SIGNED' | 'NOT_READABLE' | 'NOT_IN_CONTRACT';

/** How the messages of the warehouse fared since the start of this process. Telemetry reads it. */
@Injectable()
export class WmsInboundCounts {
  private readonly byOutcome: Record<InboundOutcome, number> = {
    TAKEN: 0,
    NOT_SIGNED: 0,
    NOT_READABLE: 0,
    NOT_IN_CONTRACT: 0,
  };

  add(outcome: InboundOutcome): void {
    this.byOutcome[outcome] += 1;
  }

  all(): Readonly<Record<InboundOutcome, number>> {
    return { ...this.byOutcome };
  }
}
