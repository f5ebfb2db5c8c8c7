import type { ReactElement, ReactNode } from 'react';

/** Links that lead up from a page, the nearest last. */
export function Trail({ children }: { children: ReactNode }): ReactElement {
  return (
    <nav className="trail" aria-label="Where this page lies">
      {children}
    </nav>
  );
}
