import type { ReactElement } from 'react';
import type { Tone } from './badge.js';

export interface QuantitySegment {
  readonly label: string;
  /** Units; segments without any are left out. */
  readonly quantity: number;
  readonly tone: Tone;
}

interface QuantityBarProps {
  /** What the units are of: "Units of line 1 by state". */
  readonly label: string;
  readonly segments: readonly QuantitySegment[];
  /** Legend below, with the figures. Without it the bar is read by its tooltips and by screen readers. */
  readonly legend?: boolean;
}

/** How a quantity divides up. Shares by width; the figures stand in the legend and in the words for screen readers. */
export function QuantityBar({ label, segments, legend = true }: QuantityBarProps): ReactElement {
  const shown = segments.filter(({ quantity }) => quantity > 0);
  const words = shown.map((segment) => `${segment.label} ${segment.quantity.toLocaleString('en')}`);
  return (
    <div className="quantity-bar">
      <div
        className="quantity-bar-track"
        role="img"
        aria-label={`${label}: ${words.length === 0 ? 'none' : words.join(', ')}`}
      >
        {shown.map((segment, at) => (
          <span
            key={segment.label}
            className={`quantity-bar-part quantity-bar-${segment.tone}`}
            style={{ flexGrow: segment.quantity }}
            title={words[at]}
          />
        ))}
      </div>
      {legend && <Legend segments={shown} />}
    </div>
  );
}

function Legend({ segments }: { segments: readonly QuantitySegment[] }): ReactElement {
  return (
    <ul className="quantity-bar-legend">
      {segments.map((segment) => (
        <li key={segment.label}>
          <span className={`quantity-bar-key quantity-bar-${segment.tone}`} aria-hidden="true" />
          {segment.label} <strong>{segment.quantity.toLocaleString('en')}</strong>
        </li>
      ))}
    </ul>
  );
}
