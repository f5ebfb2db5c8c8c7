import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Gauge } from 'prom-client';
import {
  FlowReader,
  kpiDefinition,
  KpiReader,
  overviewOf,
  pointsOf,
  type Figure,
  type FlowStage,
  type KpiPoint,
} from '../../process-apis/kpi/index.js';
import { Metrics } from '../platform/telemetry/metrics.js';

/** Channels, and nodes, of which figures are told; of more, those with the most records. */
const PLACES_MAX = 100;

/**
 * The KPIs of today and the flow of orders, for Prometheus. Labels are KPIs, stages, channels and nodes: their number is
 * bounded. The figures are those of the database: the same in each process, take the greatest.
 */
@Injectable()
export class KpiMetrics implements OnApplicationBootstrap {
  constructor(
    private readonly metrics: Metrics,
    private readonly reader: KpiReader,
    private readonly flow: FlowReader,
  ) {}

  onApplicationBootstrap(): void {
    this.addKpis();
    this.addFlow();
  }

  private addKpis(): void {
    const places = ['kpi', 'channel', 'node', 'stage'];
    const seconds = this.metrics.gauge(
      'kpi_seconds',
      'Durations of today (UTC) by KPI: mean, median, 95 of 100, longest.',
      [...places, 'figure'],
    );
    const ratio = this.metrics.gauge('kpi_ratio', 'Shares of today (UTC) by KPI, from 0 to 1.', places);
    const amount = this.metrics.gauge('kpi_amount', 'Numbers and units of today (UTC) by KPI.', places);
    const records = this.metrics.gauge('kpi_records', 'Records of today (UTC) that a KPI is computed from.', places);
    const gauges = [seconds, ratio, amount, records];
    const read = async (): Promise<void> => {
      const { today } = this.reader;
      const points = placesOf(await this.reader.figuresOf(today), today);
      // What is of yesterday must not stand for today.
      for (const gauge of gauges) gauge.reset();
      for (const point of points) setPoint(point, { seconds, ratio, amount, records });
    };
    this.metrics.addLook({ source: 'kpis', gauges, read });
  }

  private addFlow(): void {
    const orders = this.metrics.gauge('flow_orders', 'Orders in work by stage.', ['stage']);
    const overdue = this.metrics.gauge('flow_orders_overdue', 'Orders with a late step by stage.', ['stage']);
    const oldest = this.metrics.gauge(
      'flow_oldest_seconds',
      'How long the order is in a stage that is longest in it.',
      ['stage'],
    );
    const jammed = this.metrics.gauge('flow_orders_jammed', 'Orders that something keeps by stage and system.', [
      'stage',
      'system',
    ]);
    const open = this.metrics.gauge('flow_orders_open', 'Orders in work by channel.', ['channel']);
    const gauges = [orders, overdue, oldest, jammed, open];
    const read = async (): Promise<void> => {
      const { stages, channels } = await this.flow.now();
      for (const gauge of gauges) gauge.reset();
      for (const of of stages) setStage(of, { orders, overdue, oldest, jammed });
      for (const { channel, openOrders } of channels.slice(0, PLACES_MAX)) open.set({ channel }, openOrders);
    };
    this.metrics.addLook({ source: 'flow', gauges, read });
  }
}

/** In all, where a KPI without records is told as well; by channel, by node, by stage. An empty label means all. Pure. */
export function placesOf(figures: readonly Figure[], day: string): readonly KpiPoint[] {
  const split = (['CHANNEL', 'NODE', 'STAGE'] as const).flatMap((by) => {
    const points = pointsOf(figures, by).filter((point) => placeOf(point) !== '');
    const busiest = busiestOf(points);
    return points.filter((point) => busiest.has(placeOf(point)));
  });
  return [...overviewOf(figures, day), ...split];
}

/** Places, not points: of a place that is told of, no KPI shall be missing. */
function busiestOf(points: readonly KpiPoint[]): ReadonlySet<string> {
  const records = new Map<string, number>();
  for (const point of points) records.set(placeOf(point), (records.get(placeOf(point)) ?? 0) + point.count);
  const sorted = [...records].toSorted(([, a], [, b]) => b - a);
  return new Set(sorted.slice(0, PLACES_MAX).map(([place]) => place));
}

function placeOf({ channel = '', node = '', stage = '' }: KpiPoint): string {
  return channel + node + stage;
}

function setPoint(
  point: KpiPoint,
  { seconds, ratio, amount, records }: Readonly<Record<'seconds' | 'ratio' | 'amount' | 'records', Gauge>>,
): void {
  const { kpi, channel = '', node = '', stage = '', value, p50, p95, max } = point;
  const labels = { kpi, channel, node, stage };
  records.set(labels, point.count);
  const { unit } = kpiDefinition(kpi);
  if (value !== undefined && unit === 'RATIO') ratio.set(labels, value);
  if (value !== undefined && (unit === 'COUNT' || unit === 'UNITS')) amount.set(labels, value);
  const durations = { mean: unit === 'MILLISECONDS' ? value : undefined, p50, p95, max };
  for (const [figure, ms] of Object.entries(durations))
    if (ms !== undefined) seconds.set({ ...labels, figure }, ms / 1_000);
}

function setStage(
  { stage, orders: inStage, overdue: late, oldestSince, jams }: FlowStage,
  { orders, overdue, oldest, jammed }: Readonly<Record<'orders' | 'overdue' | 'oldest' | 'jammed', Gauge>>,
): void {
  orders.set({ stage }, inStage);
  overdue.set({ stage }, late);
  oldest.set({ stage }, oldestSince === undefined ? 0 : Math.max(0, Date.now() - Date.parse(oldestSince)) / 1_000);
  for (const { system, orders: kept } of jams) jammed.inc({ stage, system }, kept);
}
