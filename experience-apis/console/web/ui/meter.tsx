import type { ReactElement } from 'react';
import type { Tone } from './badge.js';

interface MeterProps {
  /** What is measured: "Rate budget of the ERP's createOrder". */
  readonly label: string;
  readonly value: number;
  readonly max: number;
  /** The value in words: "3 of 10 calls left". */
  readonly words: string;
  readonly tone?: Tone;
}

/** How much of something is used or left, with its words beside it. */
export function Meter({ label, value, max, words, tone = 'info' }: MeterProps): ReactElement {
  const share = max <= 0 ? 0 : Math.min(1, Math.max(0, value / max));
  return (
    <div className="meter">
      <div
        className="meter-track"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={Math.min(max, Math.max(0, value))}
        aria-valuetext={words}
      >
        <span className={`meter-fill quantity-bar-${tone}`} style={{ width: `${share * 100}%` }} />
      </div>
      <span className="meter-words" aria-hidden="true">
        {words}
      </span>
    </div>
  );
}
