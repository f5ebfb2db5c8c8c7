import type { ReactElement, ReactNode } from 'react';
import type { Tone } from './badge.js';
import { classNames } from './class-names.js';
import { durationWords } from './time-words.js';
import { Instant } from './values.js';

export interface TimelineEntry {
  readonly key: string;
  /** UTC, ISO. Entries come in the order in which they are shown. */
  readonly at: string;
  readonly title: ReactNode;
  /** Who did it: a system, a channel, a person. */
  readonly by?: ReactNode;
  readonly tone?: Tone;
  readonly detail?: ReactNode;
}

interface TimelineProps {
  readonly label: string;
  readonly entries: readonly TimelineEntry[];
  /** Time between two entries from which on it is written out, milliseconds. */
  readonly gapFrom?: number;
  /** Time between two entries from which on it stands out. */
  readonly longFrom?: number;
}

const GAP_FROM = 1_000;
const LONG_FROM = 60 * 60 * 1_000;

/** What happened, one after the other, with the time that passed between. Oldest or newest first, as the entries are. */
export function Timeline({ label, entries, gapFrom = GAP_FROM, longFrom = LONG_FROM }: TimelineProps): ReactElement {
  return (
    <ol className="timeline" aria-label={label}>
      {entries.map((entry, at) => {
        const before = entries[at - 1];
        const gap = before === undefined ? 0 : Math.abs(Date.parse(entry.at) - Date.parse(before.at));
        return (
          <li key={entry.key} className="timeline-entry">
            {gap >= gapFrom && (
              <p className={classNames('timeline-gap', gap >= longFrom && 'timeline-gap-long')}>
                <span className="visually-hidden">after </span>
                {durationWords(gap)}
              </p>
            )}
            <div className="timeline-line">
              <span
                className={classNames('timeline-dot', `quantity-bar-${entry.tone ?? 'neutral'}`)}
                aria-hidden="true"
              />
              <div className="timeline-words">
                <p className="timeline-title">{entry.title}</p>
                {entry.detail !== undefined && <div className="timeline-detail">{entry.detail}</div>}
              </div>
              <p className="timeline-when">
                {entry.by !== undefined && <span className="timeline-by">{entry.by}</span>}
                <Instant at={entry.at} />
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
