import { Injectable } from '@nestjs/common';

export type EasyPostInboundOutcome = 'TAKEN' | 'IGNORED' | 'NOT_SIGNED' | 'NOT_READABLE' | 'NOT_IN_CONTRACT';

/** How EasyPost's messages fared since the start of this process. */
@Injectable()
export class EasyPostInboundCounts {
  private readonly byOutcome: Record<EasyPostInboundOutcome, number> = {
    TAKEN: 0,
    IGNORED: 0,
    NOT_SIGNED: 0,
    NOT_READABLE: 0,
    NOT_IN_CONTRACT: 0,
  };

  /** @returns the count with this one */
  add(outcome: EasyPostInboundOutcome): number {
    this.byOutcome[outcome] += 1;
    return this.byOutcome[outcome];
  }

  all(): Readonly<Record<EasyPostInboundOutcome, number>> {
    return { ...this.byOutcome };
  }
}
