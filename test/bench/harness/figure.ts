/** One measured number, beside the raw one of the same run on the same machine. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the machine does without the hub. */
  readonly limit: number;
  /** Part of the limit that is reached: 1 is as good as raw. For a latency it is limit by value. */
  readonly ratio: number;
}

/** A figure of which more is better. */
export function rate(name: string, unit: string, value: number, limit: number): Figure {
  return { name, value: round(value), unit, limit: round(limit), ratio: round(value / limit) };
}

/** A figure of which less is better. */
export function latency(name: string, valueMs: number, limitMs: number): Figure {
  return { name, value: round(valueMs), unit: 'ms', limit: round(limitMs), ratio: round(limitMs / valueMs) };
}

/** A line of the table for people. */
export function describeFigure({ name, value, unit, limit, ratio }: Figure): string {
  return `${name.padEnd(28)}${inColumn(value)} ${unit.padEnd(12)} raw${inColumn(limit)}   ratio ${ratio.toFixed(3)}`;
}

function inColumn(amount: number): string {
  return amount.toLocaleString('en-US').padStart(12);
}

/** Four digits say more than the noise of any machine. */
function round(amount: number): number {
  return Number(amount.toPrecision(4));
}
