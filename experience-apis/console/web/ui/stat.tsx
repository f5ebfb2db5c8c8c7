import type { ReactElement, ReactNode } from 'react';
import type { Tone } from './badge.js';
import { classNames } from './class-names.js';

interface StatProps {
  readonly label: ReactNode;
  readonly value: ReactNode;
  /** Behind the value, smaller: "of 120", "units". */
  readonly unit?: ReactNode;
  /** Below: what it is compared with, since when. */
  readonly note?: ReactNode;
  /** Colours the value when it asks for attention; the note says why. */
  readonly tone?: Tone;
  /** A sparkline or a bar. */
  readonly children?: ReactNode;
}

/** One figure with its name. Use inside StatGrid. */
export function Stat({ label, value, unit, note, tone = 'neutral', children }: StatProps): ReactElement {
  return (
    <div className={classNames('stat', tone !== 'neutral' && `stat-${tone}`)}>
      <dt className="stat-label">{label}</dt>
      <dd className="stat-value">
        {value}
        {unit !== undefined && <span className="stat-unit"> {unit}</span>}
      </dd>
      {note !== undefined && <dd className="stat-note">{note}</dd>}
      {children !== undefined && <dd className="stat-more">{children}</dd>}
    </div>
  );
}

/** Figures side by side, as many in a row as fit. */
export function StatGrid({ children, plain = false }: { children: ReactNode; plain?: boolean }): ReactElement {
  return <dl className={classNames('stat-grid', plain && 'stat-grid-plain')}>{children}</dl>;
}
