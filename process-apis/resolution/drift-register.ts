import type { Pool } from 'pg';
import type { Problem } from '../../src/model/exception.js';
import { findStandingWithPrefix, registerKey, type Exceptions } from '../exceptions/index.js';
import { readStandingDrifts, type StandingDrift } from '../reconciliation/index.js';

/** Differences that people can look at; the greatest come first. */
const DRIFTS_MAX = 1_000;
const PREFIX = 'drift/';
const ENDED = 'The last comparison no longer finds the difference.';

const WHOSE = { WMS: 'the warehouse', ERP: 'the ERP', CHANNEL: 'the channel' } as const;

/** Makes the register say which stock differences need a person: those that the last comparison of each subject found. */
export class DriftRegister {
  constructor(
    private readonly pool: Pool,
    private readonly exceptions: Exceptions,
  ) {}

  async sweep(): Promise<void> {
    const problems = (await readStandingDrifts(this.pool, DRIFTS_MAX)).map(driftProblem);
    await this.exceptions.raise(problems);
    const found = new Set(problems.map(({ key }) => registerKey(key)));
    const standing = await findStandingWithPrefix(this.pool, PREFIX, DRIFTS_MAX * 2);
    await this.exceptions.end(
      standing.filter((key) => !found.has(key)),
      ENDED,
    );
  }
}

/** Pure. */
export function driftProblem({ system, subject, key, ours, theirs, detail, runId }: StandingDrift): Problem {
  const shown = theirs === null ? 'shows no quantity' : `shows ${theirs}`;
  return {
    key: `${PREFIX}${system}/${subject}/${key}`,
    category: 'STOCK_DRIFT',
    sentence: `The hub has ${ours} of ${key} for ${subject}, ${WHOSE[system]} ${shown}. ${detail}`,
    groupKey: `DRIFT:${system}:${subject}`,
    subject: {
      ...(system === 'CHANNEL' ? { channel: subject, listingSku: key } : { node: subject, sku: key }),
      system,
      driftRunId: runId,
    },
  };
}
