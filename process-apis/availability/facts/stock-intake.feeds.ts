import type { ClientBase } from 'pg';
import type { StockFact } from '../../../src/model/stock.js';
import type { NewEvent } from '../../../src/platform/event-log/index.js';
import type { FactContext, StockOutcome } from './stock-fact.types.js';
import { lockFeeds } from './stock-feed.sql.js';
import { advance, type StockFeed } from './stock-feed.js';
import { stockEvent } from './stock-intake.batch.js';

/** What is refused for its node is counted here: a node that does not exist has no feed. */
const NO_NODE = '*';

/** Counts what came and what was refused, by source and node, and notices numbers that did not come. */
export async function followFeeds(
  tx: ClientBase,
  facts: readonly StockFact[],
  outcomes: readonly StockOutcome[],
  { nodes, now }: FactContext,
): Promise<{ readonly feeds: readonly StockFeed[]; readonly events: readonly NewEvent[] }> {
  const came = facts.flatMap((fact, index) => {
    const outcome = outcomes[index];
    const refusal = outcome?.result === 'REFUSED' ? outcome : undefined;
    if (outcome?.result === 'DUPLICATE' || (fact.sequence === undefined && refusal === undefined)) return [];
    return [{ fact, refusal, source: fact.source, node: nodes.has(fact.node) ? fact.node : NO_NODE }];
  });
  if (came.length === 0) return { feeds: [], events: [] };
  const feeds = new Map((await lockFeeds(tx, came)).map((feed) => [keyOf(feed), feed]));
  const events: NewEvent[] = [];
  for (const { fact, refusal, source, node } of came) {
    let feed = feeds.get(keyOf({ source, node }));
    if (feed === undefined) throw new Error(`the feed of ${source} at ${node} was not locked`);
    if (refusal !== undefined)
      feed = {
        ...feed,
        refused: feed.refused + 1,
        lastRefusal: `${refusal.code}: ${refusal.detail}`,
        lastRefusedAt: now,
      };
    // A refused fact came as well: asking for it again as missing would bring the same.
    if (fact.sequence !== undefined && node !== NO_NODE) {
      const { feed: advanced, noticed } = advance(feed, fact.sequence, now);
      feed = advanced;
      if (noticed !== undefined)
        events.push(stockEvent({ type: 'StockGapNoticed', source, stock: [], node, ...noticed }, fact.id, now));
    }
    feeds.set(keyOf({ source, node }), feed);
  }
  return { feeds: [...feeds.values()], events };
}

function keyOf({ source, node }: Pick<StockFeed, 'source' | 'node'>): string {
  return `${source}\u0000${node}`;
}
