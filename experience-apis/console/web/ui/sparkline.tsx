import type { ReactElement } from 'react';

interface SparklineProps {
  /** What it shows, with the figures that matter: it is read out. */
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Drawn as a dashed line. */
  readonly target?: number | undefined;
}

const WIDTH = 100;
const HEIGHT = 28;
const EDGE = 2;

/** The shape of values over time, without axes. Gaps stay gaps; a value between two of them is a dot. */
export function Sparkline({ label, values, target }: SparklineProps): ReactElement {
  const known = values.filter((value) => value !== null);
  // One value has no shape.
  if (known.length < 2) return <span className="sparkline" />;
  const all = target === undefined ? known : [...known, target];
  const low = Math.min(...all);
  const span = Math.max(...all) - low || 1;
  const y = (value: number): number => HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE);
  const x = (at: number): number => (at / (values.length - 1)) * WIDTH;
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {target !== undefined && <line className="sparkline-target" x1={0} x2={WIDTH} y1={y(target)} y2={y(target)} />}
      <path className="sparkline-line" d={pathOf(values, x, y)} />
    </svg>
  );
}

function pathOf(values: readonly (number | null)[], x: (at: number) => number, y: (value: number) => number): string {
  return values
    .map((value, at) => {
      if (value === null) return '';
      const follows = (values[at - 1] ?? null) !== null;
      const alone = !follows && (values[at + 1] ?? null) === null;
      return `${follows ? 'L' : 'M'}${x(at).toFixed(2)} ${y(value).toFixed(2)}${alone ? 'h0' : ''}`;
    })
    .join('');
}
