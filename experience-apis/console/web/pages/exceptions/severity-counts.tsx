import type { ReactElement } from 'react';
import { Link, useLocation } from 'react-router';
import { Stat, StatGrid, Quantity, plainWords } from '../../ui/index.js';
import type { Severity } from '../../generated/graphql.js';
import { PAGES_PARAM } from '../shared/url-state.js';
import { SEVERITY_TONE } from './action-words.js';
import { SEVERITIES } from './exception-filter.js';

interface SeverityCountsProps {
  readonly counts: readonly { readonly severity: Severity; readonly open: number; readonly overdue: number }[];
}

/** How much is open, by how pressing it is; each leads to those alone, and back to all. */
export function SeverityCounts({ counts }: SeverityCountsProps): ReactElement {
  const { pathname, search } = useLocation();
  const shown = new URLSearchParams(pathname === '/exceptions' ? search : '');
  const sum = (severity: Severity, of: 'open' | 'overdue'): number =>
    counts.filter((count) => count.severity === severity).reduce((total, count) => total + count[of], 0);
  return (
    <StatGrid>
      {SEVERITIES.map((severity) => {
        const [open, overdue] = [sum(severity, 'open'), sum(severity, 'overdue')];
        const chosen = shown.get('severity') === severity;
        return (
          <Stat
            key={severity}
            label={
              <Link
                className="stat-link"
                to={narrowed(shown, chosen ? '' : severity)}
                aria-current={chosen || undefined}
              >
                {plainWords(severity)}
              </Link>
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

/** The other filters stay. */
function narrowed(shown: URLSearchParams, severity: string): string {
  const next = new URLSearchParams(shown);
  next.delete(PAGES_PARAM);
  if (severity === '') next.delete('severity');
  else next.set('severity', severity);
  return `/exceptions?${next.toString()}`;
}
