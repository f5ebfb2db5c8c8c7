import { Injectable } from '@nestjs/common';

/** `NEWS`: taken, or parked until its parcel is known. The last two: kept for inspection. */
export type EasyPostInboundOutcome = 'NEWS' | 'IGNORED' | 'NOT_SIGNED' | 'BODY_NOT_READABLE' | 'CONTRACT_MISMATCH';

/** How EasyPost's messages fared since the start of this process. */
@Injectable()
export class EasyPostInboundCounts {
  private readonly byOutcome: Record<EasyPostInboundOutcome, number> = {
    NEWS: 0,
    IGNORED: 0,
    NOT_SIGNED: 0,
    BODY_NOT_READABLE: 0,
    CONTRACT_MISMATCH: 0,
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
