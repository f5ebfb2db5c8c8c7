import type { StockOutcome } from '../../process-apis/availability/index.js';
import type { WireFact } from './stock.wire.js';

/** What became of one fact of a request. */
export interface FactAnswer {
  readonly index: number;
  readonly id: string;
  readonly outcome: StockOutcome['result'];
  /** Of a refused fact. */
  readonly problem?: {
    readonly code: string;
    /** JSON Pointer into the request. */
    readonly pointer: string;
    readonly detail: string;
  };
}

export function factAnswer(fact: WireFact, index: number, outcome: StockOutcome): FactAnswer {
  const answer = { index, id: fact.id, outcome: outcome.result };
  if (outcome.result !== 'REFUSED') return answer;
  const { code, detail } = outcome;
  // Who sends is not in the body: what is wrong with the sender is told of the whole fact.
  const within = outcome.pointer === '/source' ? '' : outcome.pointer;
  return { ...answer, problem: { code, pointer: `/facts/${index}${within}`, detail } };
}
