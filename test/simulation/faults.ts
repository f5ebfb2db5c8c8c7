import type { SeededRandom } from '../support/seeded-random.js';

/** How badly the world behaves; each a probability, unless its name says otherwise. */
export interface FaultPlan {
  /** Of a process to die at a statement. */
  readonly crashAtStatement: number;
  /** Of a process to die while a call outside is under way. */
  readonly crashAtCall: number;
  readonly databaseSlow: number;
  readonly databaseLost: number;
  /** Of a call outside to fail before it does anything. */
  readonly callFails: number;
  /** … to do its work, and its answer to be lost. */
  readonly answerLost: number;
  readonly throttled: number;
  /** Of an outside system to refuse for a business reason. */
  readonly refused: number;
  /** … to answer with something that is against the contract. */
  readonly garbageAnswer: number;
  /** Of a message to come twice, late, and with garbage before it. */
  readonly messageTwice: number;
  readonly messageLate: number;
  readonly messageGarbage: number;
  readonly taskTwice: number;
  /** Of an outside system to be away for hours, once. */
  readonly outage: number;
  readonly amendments: number;
  readonly cancellations: number;
  readonly shortPicks: number;
  readonly counts: number;
  readonly unknownListings: number;
  readonly lowStock: number;
  readonly holds: number;
  readonly addressChanges: number;
  readonly carrierRefusals: number;
}

const WORST: FaultPlan = {
  crashAtStatement: 0.004,
  crashAtCall: 0.02,
  databaseSlow: 0.02,
  databaseLost: 0.004,
  callFails: 0.12,
  answerLost: 0.12,
  throttled: 0.06,
  refused: 0.12,
  garbageAnswer: 0.02,
  messageTwice: 0.3,
  messageLate: 0.3,
  messageGarbage: 0.2,
  taskTwice: 0.02,
  outage: 0.5,
  amendments: 0.4,
  cancellations: 0.4,
  shortPicks: 0.25,
  counts: 0.5,
  unknownListings: 0.2,
  lowStock: 0.5,
  holds: 0.2,
  addressChanges: 0.25,
  carrierRefusals: 0.15,
};

export const NO_FAULTS = Object.fromEntries(Object.keys(WORST).map((fault) => [fault, 0])) as unknown as FaultPlan;

/** A seed's own weather: each fault is left out in one world of three, so that rare meetings of few are seen too. */
export function faultPlan(random: SeededRandom): FaultPlan {
  return Object.fromEntries(
    Object.entries(WORST).map(([fault, worst]) => [fault, random.chance(1 / 3) ? 0 : worst * random.next()]),
  ) as unknown as FaultPlan;
}
