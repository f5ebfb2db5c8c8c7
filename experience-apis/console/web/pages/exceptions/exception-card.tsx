import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { Badge, plainWords, RelativeTime, StatusBadge } from '../../ui/index.js';
import { exceptionPath } from '../shared/paths.js';
import { SEVERITY_TONE } from './action-words.js';
import { ExceptionActions } from './exception-actions.js';
import type { ExceptionCard as Card } from './exception.documents.js';

/** One exception where its order is: what is wrong, why it matters, and what can be done about it. */
export function ExceptionCard({ exception, onDone }: { exception: Card; onDone: () => void }): ReactElement {
  const { id, title, sentence, why, owner, severity, status, overdue, dueAt, assignedTo, actions } = exception;
  return (
    <article className="exception-card" data-tone={status === 'OPEN' ? SEVERITY_TONE[severity] : 'neutral'}>
      <div className="row-apart">
        <h3>
          <Link to={exceptionPath(id)}>{title}</Link>
        </h3>
        <span className="row">
          <SeverityBadge severity={severity} />
          {status !== 'OPEN' && <Badge>{plainWords(status)}</Badge>}
          {overdue && (
            <Badge tone="bad" icon="clock">
              Late
            </Badge>
          )}
        </span>
      </div>
      <p className="wrap-anywhere">{sentence}</p>
      <p className="small muted">
        {why} For {plainWords(owner).toLowerCase()}
        {assignedTo ? `, taken over by ${assignedTo}` : ''}; due <RelativeTime at={dueAt} />.
      </p>
      <ExceptionActions actions={actions} target={{ ids: [id] }} about={sentence} onDone={onDone} />
    </article>
  );
}

export function SeverityBadge({ severity }: Pick<Card, 'severity'>): ReactElement {
  return <StatusBadge status={severity} tone={SEVERITY_TONE[severity]} />;
}
