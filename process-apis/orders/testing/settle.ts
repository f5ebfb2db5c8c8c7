import type { Harness } from './harness.js';
import { expectSound } from './invariants.js';
import { happyAnswers } from './outside.js';

const ROUNDS_MAX = 40;

/** Lets everything outside answer well until nothing is awaited that an answer could bring. Checks each step. */
export function settle(harness: Harness): void {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const answers = happyAnswers(harness.order);
    if (answers.length === 0) return;
    for (const body of answers) {
      harness.tell(body);
      expectSound(harness);
    }
  }
  throw new Error(
    `still awaited after ${ROUNDS_MAX} rounds: ${harness.order.waits.map((wait) => wait.key).join(', ')}`,
  );
}
