import type { ReactElement } from 'react';

/** Strokes on a grid of 16. */
const PATHS = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  alert: 'M8 2.2l6.2 11H1.8zM8 6.6v3.2M8 11.6v.1',
  stop: 'M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 5v3.6M8 10.9v.1',
  info: 'M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 7.4V11M8 5.1v.1',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2l7 4.8-7 4.8z',
  clock: 'M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 4.6V8l2.4 1.6',
  dot: 'M8 6.4a1.6 1.6 0 100 3.2 1.6 1.6 0 000-3.2z',
  search: 'M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM10.4 10.4l3.1 3.1',
  up: 'M8 13V3.5M4 7.2l4-4 4 4',
  down: 'M8 3v9.5M4 8.8l4 4 4-4',
  right: 'M6 3.5L10.5 8 6 12.5',
  left: 'M10 3.5L5.5 8 10 12.5',
  chevron: 'M3.5 6L8 10.5 12.5 6',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  refresh: 'M13 3v3.5H9.5M13 6.5A5.4 5.4 0 102.8 9.4',
  external: 'M9 2.5h4.5V7M13.5 2.5L7.5 8.5M11.5 9v4.5h-9v-9H7',
  table: 'M2 3h12v10H2zM2 6.5h12M6.5 6.5V13',
  filter: 'M2 3.5h12L9.5 8.8v4l-3-1.4V8.8z',
} as const;

export type IconName = keyof typeof PATHS;

/** A sign beside words, never instead of them: it is hidden from screen readers. */
export function Icon({ name, size = 14 }: { name: IconName; size?: number }): ReactElement {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
