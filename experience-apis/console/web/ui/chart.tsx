import { useEffect, useEffectEvent, useId, useRef, useState, type ReactElement, type RefObject } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { Button } from './button.js';
import { chartOptions, colourIndex } from './chart-options.js';
import type { ChartProps, ChartSeries } from './chart.types.js';
import { utcWords } from './time-words.js';
import { useTheme } from './theme-colour.js';

/** Values over time. Drawn on a canvas, so the same values stand in a table one press away. */
export function Chart(props: ChartProps): ReactElement {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  return (
    <figure className="chart">
      <div className="chart-head">
        <ChartLegend series={props.series} />
        <Button
          kind="quiet"
          size="sm"
          icon="table"
          aria-expanded={asTable}
          aria-controls={id}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? 'As chart' : 'As table'}
        </Button>
      </div>
      <div id={id}>{asTable ? <ChartTable {...props} /> : <ChartCanvas {...props} />}</div>
    </figure>
  );
}

function ChartCanvas(props: ChartProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const [readout, setReadout] = useState('');
  usePlot(place, props, setReadout);
  return (
    <div className="chart-place">
      <div ref={place} className="chart-canvas" role="img" aria-label={`${props.label}. ${summaryOf(props)}`} />
      <p className="chart-readout" aria-hidden="true">
        {readout}
      </p>
    </div>
  );
}

function usePlot(place: RefObject<HTMLDivElement | null>, props: ChartProps, show: (words: string) => void): void {
  const { times, series, height, fromZero, bars } = props;
  const theme = useTheme();
  const plot = useRef<uPlot>(null);
  const data = (): uPlot.AlignedData => [times, ...series.map(({ values }) => values)] as uPlot.AlignedData;
  const current = useEffectEvent(() => props);
  const draw = useEffectEvent(
    (element: HTMLElement) =>
      new uPlot(
        chartOptions(element, () => current(), show),
        data(),
        element,
      ),
  );
  const redraw = useEffectEvent(() => plot.current?.setData(data()));
  // What the drawing itself depends on; new values alone do not draw it anew.
  const lines = JSON.stringify(series.map(({ label, colour, dashed }) => [label, colour, dashed]));
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = draw(element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: made.height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [place, theme, height, fromZero, bars, lines]);
  useEffect(() => redraw(), [times, series]);
}

function ChartLegend({ series }: { series: readonly ChartSeries[] }): ReactElement {
  return (
    <ul className="chart-legend">
      {series.map((one, at) => (
        <li key={one.label}>
          <span
            className={`chart-key chart-key-${colourIndex(one, at)}${one.dashed === true ? ' chart-key-dashed' : ''}`}
            aria-hidden="true"
          />
          {one.label}
        </li>
      ))}
    </ul>
  );
}

function ChartTable({ label, times, series, format, formatTime = inUtc }: ChartProps): ReactElement {
  return (
    // What scrolls must be reached by the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="chart-table" tabIndex={0} role="region" aria-label={`${label}, as a table`}>
      <table className="table">
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            <th scope="col" className="table-head">
              Time
            </th>
            {series.map((one) => (
              <th key={one.label} scope="col" className="table-head table-end">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((time, at) => (
            <tr key={time}>
              <th scope="row" className="table-cell table-row-head">
                {formatTime(time)}
              </th>
              {series.map((one) => (
                <td key={one.label} className="table-cell table-end">
                  {wordsOf(one.values[at], format)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function summaryOf({ series, format }: ChartProps): string {
  const parts = series.map(({ label, values }) => {
    const known = values.filter((value) => value !== null);
    const last = known.at(-1);
    if (last === undefined) return `${label}: no values`;
    return `${label}: from ${format(Math.min(...known))} to ${format(Math.max(...known))}, last ${format(last)}`;
  });
  return `${parts.join('; ')}. The values stand in the table.`;
}

function wordsOf(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}

function inUtc(seconds: number): string {
  return utcWords(seconds * 1_000);
}
