/** The picture of the flow as a river: pure geometry, in units of its own. */

export interface RiverBand {
  /** Orders there; the more, the wider. */
  readonly orders: number;
}

export const COLUMN_WIDTH = 100;
export const RIVER_HEIGHT = 64;
const WIDTH_MIN = 5;
const WIDTH_MAX = 52;

/**
 * How wide the river is at its spring and then at each column. The square root lets 10 be seen beside 10,000. Of the
 * spring a rate is known, not a number of orders: it is as wide as half the widest, or dry.
 */
export function riverWidths(springs: boolean, bands: readonly RiverBand[]): readonly number[] {
  const most = Math.max(1, ...bands.map(({ orders }) => orders));
  return [widthOf(springs ? 0.25 : 0), ...bands.map(({ orders }) => widthOf(Math.max(0, orders) / most))];
}

/** @param share of the widest, 0 to 1. */
function widthOf(share: number): number {
  return WIDTH_MIN + (WIDTH_MAX - WIDTH_MIN) * Math.sqrt(share);
}

/** The outline of the river through the middles of its columns, as a path of SVG. Empty for no columns. */
export function riverPath(widths: readonly number[]): string {
  const [first] = widths;
  const last = widths.at(-1);
  if (first === undefined || last === undefined) return '';
  const end = widths.length * COLUMN_WIDTH;
  const upper = [{ x: 0, y: edge(first, -1) }, ...points(widths, -1), { x: end, y: edge(last, -1) }];
  const lower = [{ x: 0, y: edge(first, 1) }, ...points(widths, 1), { x: end, y: edge(last, 1) }].toReversed();
  return `M${at(upper[0])} ${curve(upper)} L${at(lower[0])} ${curve(lower)} Z`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function points(widths: readonly number[], side: 1 | -1): readonly Point[] {
  return widths.map((width, index) => ({ x: (index + 0.5) * COLUMN_WIDTH, y: edge(width, side) }));
}

function edge(width: number, side: 1 | -1): number {
  return RIVER_HEIGHT / 2 + (side * width) / 2;
}

/** From each point to the next with level ends: no bulges between columns. */
function curve(through: readonly Point[]): string {
  return through
    .slice(1)
    .map((point, index) => {
      const from = through[index] ?? point;
      const middle = (from.x + point.x) / 2;
      return `C${at({ x: middle, y: from.y })} ${at({ x: middle, y: point.y })} ${at(point)}`;
    })
    .join(' ');
}

function at(point: Point | undefined): string {
  return point === undefined ? '' : `${rounded(point.x)},${rounded(point.y)}`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
