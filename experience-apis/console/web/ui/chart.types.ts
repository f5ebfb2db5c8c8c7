export interface ChartSeries {
  readonly label: string;
  /** One for each time; null where nothing was measured. */
  readonly values: readonly (number | null)[];
  /** 1 to 8, of the chart's colours; by its place when absent. */
  readonly colour?: number;
  /** A limit or target: drawn thin and dashed. */
  readonly dashed?: boolean;
}

export interface ChartProps {
  /** What the chart shows. */
  readonly label: string;
  /** Unix seconds, ascending. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** A value as people read it, on the axis and in the table. */
  readonly format: (value: number) => string;
  /** A time in the table; UTC to the second when absent. */
  readonly formatTime?: (seconds: number) => string;
  /** Pixels. */
  readonly height?: number;
  /** The axis begins at zero: for everything but ratios near one. */
  readonly fromZero?: boolean;
  /** Values never go above: 1 for shares. */
  readonly ceiling?: number;
  /** Columns instead of lines. */
  readonly bars?: boolean;
}
