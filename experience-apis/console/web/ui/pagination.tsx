import type { ReactElement, ReactNode } from 'react';
import { Button } from './button.js';

interface PaginationProps {
  /** What stands on the page: "50 items". */
  readonly words?: ReactNode;
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
  readonly onNext: () => void;
  /** Back to the page before, or to the first: what the list can do. */
  readonly onPrevious: () => void;
  readonly previousWords?: string;
  readonly busy?: boolean;
}

/** Pages by cursor: there is a next one and a way back, no numbers. */
export function Pagination(props: PaginationProps): ReactElement | null {
  const { words, hasNext, hasPrevious, onNext, onPrevious, previousWords = 'Previous', busy = false } = props;
  if (!hasNext && !hasPrevious && words === undefined) return null;
  return (
    <nav className="pagination" aria-label="Through the list">
      <span className="muted small">{words}</span>
      <span className="row">
        <Button size="sm" icon="left" disabled={!hasPrevious} onClick={onPrevious}>
          {previousWords}
        </Button>
        <Button size="sm" icon="right" disabled={!hasNext} busy={busy} onClick={onNext}>
          Next
        </Button>
      </span>
    </nav>
  );
}
