import type { ReactElement } from 'react';
import { StatusBadge } from '../../ui/index.js';

interface Run {
  readonly error?: string | null;
  readonly finishedAt?: string | null;
  readonly compared: number;
  readonly equal: number;
}

/** How a comparison came out. */
export function RunOutcome({ run }: { run: Run }): ReactElement {
  if (run.error !== null && run.error !== undefined)
    return <StatusBadge status="FAILED" tone="bad" label="Came to no end" title={run.error} />;
  if (run.finishedAt === null || run.finishedAt === undefined)
    return <StatusBadge status="RUNNING" tone="info" label="Goes on" icon="clock" />;
  const off = run.compared - run.equal;
  return off === 0 ? (
    <StatusBadge status="EQUAL" tone="ok" label="All agree" />
  ) : (
    <StatusBadge status="OFF" tone="warn" label={`${off.toLocaleString('en')} differ`} />
  );
}
