import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { troubleOf } from '../../app/trouble.js';
import { graphql } from '../../generated/index.js';
import { useLive } from '../../live/use-live.js';
import { useReadAgain } from '../../live/use-read-again.js';
import { Badge, Card, EmptyState, ErrorState, Quantity, RelativeTime, SkeletonLines } from '../../ui/index.js';
import { SeverityCounts } from '../exceptions/severity-counts.js';

const GROUPS = graphql(`
  query NowExceptions {
    exceptionCounts {
      category
      severity
      open
      overdue
    }
    exceptionGroups(first: 6) {
      edges {
        node {
          category
          title
          groupKey
          count
          overdue
          severity
          oldestAt
          sentence
        }
      }
    }
  }
`);

const CHANGED = graphql(`
  subscription NowExceptionsMoved($after: Cursor) {
    exceptionChanged(after: $after) {
      cursor
    }
  }
`);

/** Open exceptions by how pressing they are, and their largest causes. */
export function OpenExceptions(): ReactElement {
  const [{ data, error }, read] = useQuery({ query: GROUPS });
  const readAgain = useReadAgain(read);
  useLive(CHANGED, {}, { onEvent: readAgain, onGap: readAgain });
  const groups = data?.exceptionGroups.edges.map(({ node }) => node);
  return (
    <Card title="Open exceptions" actions={<Link to="/exceptions">All exceptions</Link>}>
      {error === undefined ? null : <ErrorState {...troubleOf(error)} onRetry={readAgain} />}
      {data === undefined ? <SkeletonLines lines={4} /> : <SeverityCounts counts={data.exceptionCounts} />}
      {groups?.length === 0 ? (
        <EmptyState title="Nothing waits for a person" icon="check">
          Problems that the hub cannot solve alone appear here.
        </EmptyState>
      ) : (
        <ul className="causes" aria-label="Largest causes">
          {groups?.map(({ category, groupKey, title, count, overdue, sentence, oldestAt }) => (
            <li key={`${category} ${groupKey}`} data-row>
              <div className="row-apart">
                <Link to={`/exceptions?category=${category}&groupKey=${encodeURIComponent(groupKey)}`}>{title}</Link>
                <span className="row">
                  {overdue > 0 ? <Badge tone="bad">{overdue} late</Badge> : null}
                  <strong>
                    <Quantity value={count} />
                  </strong>
                </span>
              </div>
              <p className="small muted wrap-anywhere">
                {sentence} <RelativeTime at={oldestAt} />
              </p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
