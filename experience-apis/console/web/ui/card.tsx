import { useId, type ReactElement, type ReactNode } from 'react';
import { classNames } from './class-names.js';

interface CardProps {
  readonly title?: ReactNode;
  /** One sentence below the title. */
  readonly about?: ReactNode;
  /** Buttons and links at the end of the head. */
  readonly actions?: ReactNode;
  /** True for tables and lists that reach the card's edges. */
  readonly flush?: boolean;
  readonly level?: 2 | 3;
  readonly children?: ReactNode;
}

/** A part of a page with a ground of its own; with a title it is a landmark that people can jump to. */
export function Card({ title, about, actions, flush = false, level = 2, children }: CardProps): ReactElement {
  const id = useId();
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section
      className={classNames('card', flush && 'card-flush')}
      aria-labelledby={title === undefined ? undefined : id}
    >
      {title !== undefined && (
        <header className="card-head">
          <div className="card-words">
            <Heading id={id}>{title}</Heading>
            {about !== undefined && <p className="card-about">{about}</p>}
          </div>
          {actions !== undefined && <div className="row">{actions}</div>}
        </header>
      )}
      <div className="card-body">{children}</div>
    </section>
  );
}
