import type { ReactElement } from 'react';
import { useRouteError } from 'react-router';

/** What a person sees of a page that failed: the others go on. */
export function PageBroke(): ReactElement {
  const error = useRouteError();
  const message = error instanceof Error ? error.message : String(error);
  return (
    <article className="page">
      <h1>This page broke</h1>
      <p>The hub goes on: it is the page alone. Load it again; if that does not help, hand on the words below.</p>
      <p>
        <code>{message}</code>
      </p>
      <p>
        <button type="button" onClick={() => location.reload()}>
          Load again
        </button>
      </p>
    </article>
  );
}
