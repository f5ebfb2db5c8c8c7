import { isDatabaseUnavailable } from '../../src/platform/db/unavailable.js';
import type { OrderCommit, OrderFact, SubmitOutcome } from '../orders/index.js';

/** Facts in one transaction. */
const PAGE = 200;

/** Of one fact: what came of it, or why the hub failed on it. */
export type Submitted = SubmitOutcome | { readonly result: 'FAILED'; readonly reason: string };

/** Facts in pages, each together; one that fails holds up none of the others. One outcome per fact, in order. */
export async function submitEach(
  orders: Pick<OrderCommit, 'submit'>,
  facts: readonly OrderFact[],
): Promise<readonly Submitted[]> {
  const outcomes: Submitted[] = [];
  for (let first = 0; first < facts.length; first += PAGE)
    outcomes.push(...(await submitPage(orders, facts.slice(first, first + PAGE))));
  return outcomes;
}

async function submitPage(
  orders: Pick<OrderCommit, 'submit'>,
  page: readonly OrderFact[],
): Promise<readonly Submitted[]> {
  try {
    return await orders.submit(page);
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    if (page.length === 1)
      return [{ result: 'FAILED', reason: error instanceof Error ? error.message : String(error) }];
    const outcomes: Submitted[] = [];
    for (const fact of page) outcomes.push(...(await submitPage(orders, [fact])));
    return outcomes;
  }
}
