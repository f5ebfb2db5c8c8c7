import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { useLocation } from 'react-router';

export interface PageProps {
  /** The heading, and the title of the browser's tab. */
  readonly title: string;
  /** Beside the heading: states, counts, actions. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/**
 * The frame of every page: its one h1 gets the focus when the page is opened, so that screen readers say where one is. `data-path`
 * tells who watches which page it is: the address changes a moment before it.
 */
export function Page({ title, aside, children }: PageProps): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    document.title = `${title} · Entrepot`;
  }, [title]);
  useEffect(() => {
    // Not when somebody is typing: a search that opens its page keeps its words.
    if (document.activeElement instanceof HTMLInputElement) return;
    heading.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <article className="page" data-path={pathname}>
      <header className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside === undefined ? null : <div className="page-aside">{aside}</div>}
      </header>
      {children}
    </article>
  );
}
