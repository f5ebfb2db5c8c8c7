import type { ReactElement, ReactNode } from 'react';
import { troubleOf } from '../../app/trouble.js';
import { ErrorState, SkeletonLines } from '../../ui/index.js';
import type { Read } from './use-read.js';

/** What went wrong with a reading, above what was read before. Nothing while all is well. */
export function Trouble({ read }: { readonly read: Pick<Read<unknown>, 'error' | 'again'> }): ReactElement | null {
  if (read.error === undefined) return null;
  const { sentence, correlationId } = troubleOf(read.error);
  return <ErrorState sentence={sentence} correlationId={correlationId} onRetry={read.again} />;
}

interface LoadedProps<Data> {
  readonly read: Read<Data>;
  /** Lines of skeleton that keep the place. */
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}

/** What was read, the place kept for it, or why it could not be read. */
export function Loaded<Data>({ read, lines = 4, children }: LoadedProps<Data>): ReactElement {
  return (
    <>
      <Trouble read={read} />
      {read.data === undefined ? read.error === undefined && <SkeletonLines lines={lines} /> : children(read.data)}
    </>
  );
}
