import type { AttackCounts } from './attack.js';

/** What a run did and found. */
export interface Verdict extends Readonly<AttackCounts> {
  readonly seed: number;
  readonly minutes: number;
  readonly processes: number;
  /** That were acknowledged, or that a channel held. */
  readonly orders: number;
  readonly cancellations: number;
  /** By the shop, which found nobody for too long: the hub has to notice what it never heard. */
  readonly webhooksGivenUp: number;
  /** Orders that a person must look at, as an exception says. */
  readonly shownToAPerson: number;
  /** From the end of the faults until all work was done. */
  readonly settledSeconds: number;
  /** The first of those found, a sentence each. */
  readonly violations: readonly string[];
  readonly violationsFound: number;
}

export function describeVerdict(verdict: Verdict): string {
  const { databaseRestarts: ends, faults, violations } = verdict;
  const broken = Object.entries(faults).toSorted(([a], [b]) => a.localeCompare(b));
  return [
    `seed ${verdict.seed}, ${verdict.minutes} minutes, ${verdict.processes} processes`,
    `  kills of hub processes     ${verdict.kills}`,
    `  ends of the database       ${ends.IMMEDIATE + ends.KILL} (${ends.IMMEDIATE} immediate, ${ends.KILL} SIGKILL)`,
    `  starts without a database  ${verdict.startsInVain}`,
    `  faults outside             ${broken.reduce((sum, [, times]) => sum + times, 0)}`,
    ...broken.map(([name, times]) => `    ${String(times).padStart(5)}  ${name}`),
    `  orders                     ${verdict.orders} (${verdict.cancellations} cancellations)`,
    `  webhooks given up          ${verdict.webhooksGivenUp}`,
    `  waiting for a person       ${verdict.shownToAPerson}, each with an exception`,
    `  all done after             ${verdict.settledSeconds} s`,
    verdict.violationsFound === 0
      ? '  0 lost, 0 doubled, 0 oversold, 0 stuck'
      : `  FAILED with ${verdict.violationsFound} findings:`,
    ...violations.map((sentence) => `    ${sentence}`),
  ].join('\n');
}
