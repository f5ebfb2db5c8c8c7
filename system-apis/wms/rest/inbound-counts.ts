import { Injectable } from '@nestjs/common';

export type InboundOutcome = 'TAKEN' | 'NOT_SIGNED' | 'NOT_READABLE' | 'NOT_IN_CONTRACT';

/** How the messages of the warehouse fared since the start of this process. */
@Injectable()
export class WmsInboundCounts {
  private readonly byOutcome: Record<InboundOutcome, number> = {
    TAKEN: 0,
    NOT_SIGNED: 0,
    NOT_READABLE: 0,
    NOT_IN_CONTRACT: 0,
  };

  /** @returns the count with this one */
  add(outcome: InboundOutcome): number {
    this.byOutcome[outcome] += 1;
    return this.byOutcome[outcome];
  }

  all(): Readonly<Record<InboundOutcome, number>> {
    return { ...this.byOutcome };
  }
}
