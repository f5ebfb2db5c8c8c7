import type { ReactElement, ReactNode } from 'react';

interface FactsProps {
  /** Name and value; an entry whose value is null or undefined is left out. */
  readonly entries: readonly (readonly [name: string, value: ReactNode])[];
}

/** Names and values of one thing. */
export function Facts({ entries }: FactsProps): ReactElement {
  return (
    <dl className="facts">
      {entries.map(([name, value]) =>
        value === null || value === undefined ? null : (
          <FactRow key={name} name={name}>
            {value}
          </FactRow>
        ),
      )}
    </dl>
  );
}

function FactRow({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
