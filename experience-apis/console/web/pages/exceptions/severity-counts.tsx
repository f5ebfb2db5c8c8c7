import type { ReactElement } from 'react';
import { SkeletonLines, Stat, StatGrid, Quantity, plainWords } from '../../ui/index.js';
import type { ExceptionCountsPageQuery, Severity } from '../../generated/graphql.js';
import { Trouble } from '../shared/loaded.js';
import type { Read } from '../shared/use-read.js';
import { SEVERITY_TONE } from './action-words.js';
import { SEVERITIES } from './exception-filter.js';

interface SeverityCountsProps {
  readonly read: Read<ExceptionCountsPageQuery>;
  readonly chosen: string;
  readonly onChoose: (severity: string) => void;
}

/** How much is open, by how pressing it is; a press shows those alone. */
export function SeverityCounts({ read, chosen, onChoose }: SeverityCountsProps): ReactElement {
  if (read.data === undefined) return read.error === undefined ? <SkeletonLines lines={2} /> : <Trouble read={read} />;
  const counts = read.data.exceptionCounts;
  const sum = (severity: Severity, of: 'open' | 'overdue'): number =>
    counts.filter((count) => count.severity === severity).reduce((total, count) => total + count[of], 0);
  return (
    <StatGrid>
      {SEVERITIES.map((severity) => {
        const [open, overdue] = [sum(severity, 'open'), sum(severity, 'overdue')];
        return (
          <Stat
            key={severity}
            label={
              <button
                type="button"
                className="severity-choice"
                aria-pressed={chosen === severity}
                onClick={() => onChoose(chosen === severity ? '' : severity)}
              >
                {plainWords(severity)}
              </button>
            }
            value={<Quantity value={open} quietZero />}
            tone={open === 0 ? 'neutral' : SEVERITY_TONE[severity]}
            note={overdue === 0 ? 'none late' : `${overdue} late`}
          />
        );
      })}
    </StatGrid>
  );
}
