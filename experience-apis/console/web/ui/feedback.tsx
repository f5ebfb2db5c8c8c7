import type { ReactElement, ReactNode } from 'react';
import { Button } from './button.js';
import { Icon, type IconName } from './icon.js';
import { CopyText } from './values.js';

interface EmptyStateProps {
  readonly title: string;
  /** Why it is empty, or what to do next. */
  readonly children?: ReactNode;
  readonly icon?: IconName;
  readonly action?: ReactNode;
}

/** Where there is nothing to show: says whether that is good, and what to do. */
export function EmptyState({ title, children, icon = 'search', action }: EmptyStateProps): ReactElement {
  return (
    <div className="empty-state">
      <Icon name={icon} size={22} />
      <p className="empty-title">{title}</p>
      {children !== undefined && <div className="empty-words">{children}</div>}
      {action}
    </div>
  );
}

interface ErrorStateProps {
  /** What did not work, in a sentence. */
  readonly sentence: string;
  /** Leads to the cause in the hub's log. */
  readonly correlationId?: string | undefined;
  readonly onRetry?: (() => void) | undefined;
}

/** Where something could not be read. Stands above old data as well, which goes on being shown. */
export function ErrorState({ sentence, correlationId, onRetry }: ErrorStateProps): ReactElement {
  return (
    <div className="notice notice-bad" role="alert">
      <Icon name="stop" size={16} />
      <div className="notice-words">
        <p>{sentence}</p>
        {correlationId !== undefined && (
          <p className="small">
            Correlation id <CopyText text={correlationId} what="correlation id" />
          </p>
        )}
      </div>
      {onRetry !== undefined && (
        <Button size="sm" icon="refresh" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

interface NoticeProps {
  readonly tone?: 'info' | 'warn' | 'held' | 'ok' | 'bad';
  readonly icon?: IconName;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** A sentence that people should read before they go on. */
export function Notice({ tone = 'info', icon = 'info', action, children }: NoticeProps): ReactElement {
  return (
    <div className={`notice notice-${tone}`}>
      <Icon name={icon} size={16} />
      <div className="notice-words">{children}</div>
      {action}
    </div>
  );
}

interface SkeletonProps {
  /** Any CSS length. */
  readonly width?: string;
  readonly height?: string;
}

/** Keeps the place of what is being read. */
export function Skeleton({ width = '100%', height = '0.85em' }: SkeletonProps): ReactElement {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />;
}

/** Lines of text that are being read, and the word for it to those who do not see them. */
export function SkeletonLines({ lines = 3 }: { lines?: number }): ReactElement {
  return (
    <div className="stack-tight" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, at) => (
        <Skeleton key={at} width={at % 3 === 2 ? '60%' : '100%'} />
      ))}
    </div>
  );
}
