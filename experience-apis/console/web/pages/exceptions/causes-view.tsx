import type { ReactElement } from 'react';
import { Link, useLocation } from 'react-router';
import type { ExceptionGroupsPageQuery } from '../../generated/graphql.js';
import {
  Badge,
  Button,
  EmptyState,
  Elapsed,
  Pagination,
  plainWords,
  Quantity,
  RelativeTime,
  SkeletonLines,
} from '../../ui/index.js';
import type { CursorPages } from '../shared/cursor-pages.js';
import { Trouble } from '../shared/loaded.js';
import type { Read } from '../shared/use-read.js';
import { SEVERITY_TONE } from './action-words.js';
import { ExceptionActions } from './exception-actions.js';
import { SeverityBadge } from './exception-card.js';

type Group = ExceptionGroupsPageQuery['exceptionGroups']['edges'][number]['node'];

interface CausesViewProps {
  readonly read: Read<ExceptionGroupsPageQuery>;
  readonly pages: CursorPages;
  readonly any: boolean;
  readonly onClear: () => void;
}

/** Exceptions by their causes, the largest first: what solves the cause solves them all. */
export function CausesView({ read, pages, any, onClear }: CausesViewProps): ReactElement {
  const groups = read.data?.exceptionGroups.edges.map(({ node }) => node);
  return (
    <div className="stack">
      <Trouble read={read} />
      {groups === undefined && read.error === undefined ? <SkeletonLines lines={9} /> : null}
      {groups?.length === 0 ? <NothingOpen any={any} onClear={onClear} /> : null}
      <ul className={read.stale ? 'stack table-stale' : 'stack'} aria-label="Causes">
        {groups?.map((group) => (
          <li key={`${group.category} ${group.groupKey}`} data-row>
            <Cause group={group} onDone={read.again} />
          </li>
        ))}
      </ul>
      <Pagination
        hasNext={read.data?.exceptionGroups.pageInfo.hasNextPage ?? false}
        hasPrevious={pages.hasPrevious}
        busy={read.stale}
        onNext={() => pages.next(read.data?.exceptionGroups.pageInfo.endCursor)}
        onPrevious={pages.previous}
      />
    </div>
  );
}

function Cause({ group, onDone }: { group: Group; onDone: () => void }): ReactElement {
  const { category, title, groupKey, count, overdue, severity, owner, oldestAt, dueAt, sentence, actions } = group;
  const { search } = useLocation();
  const query = new URLSearchParams(search);
  query.set('category', category);
  query.set('groupKey', groupKey);
  query.delete('after');
  return (
    <article className="exception-card" data-tone={SEVERITY_TONE[severity]}>
      <div className="row-apart">
        <h2>
          <Link to={`/exceptions?${query.toString()}`}>
            {title}{' '}
            <span className="muted">
              × <Quantity value={count} />
            </span>
          </Link>
        </h2>
        <span className="row">
          <SeverityBadge severity={severity} />
          {overdue > 0 ? (
            <Badge tone="bad" icon="clock">
              {overdue} late
            </Badge>
          ) : null}
        </span>
      </div>
      <p className="wrap-anywhere">
        {count > 1 ? <span className="muted">For example: </span> : null}
        {sentence}
      </p>
      <p className="small muted">
        For {plainWords(owner).toLowerCase()}; open for <Elapsed since={oldestAt} />, due <RelativeTime at={dueAt} />.
      </p>
      <ExceptionActions
        actions={actions}
        target={{ category, groupKey }}
        about={sentence}
        count={count}
        onDone={onDone}
      />
    </article>
  );
}

export function NothingOpen({ any, onClear }: { any: boolean; onClear: () => void }): ReactElement {
  if (any)
    return (
      <EmptyState title="No exception matches" action={<Button onClick={onClear}>Clear the filters</Button>}>
        Exceptions end with their problems: what was here may be solved.
      </EmptyState>
    );
  return (
    <EmptyState title="Nothing waits for a person" icon="check">
      Problems that the hub cannot solve alone appear here by themselves.
    </EmptyState>
  );
}
