import type pg from 'pg';
import type { OrderEvent } from '../../../src/model/events.js';
import { NaiveOrder } from './naive-order.js';

/** The records of one KPI on one day at one place. */
export interface Recomputed {
  count: number;
  numerator: number;
  denominator: number;
  durations: number[];
}

interface Row {
  readonly stream_type: string;
  readonly stream_id: string;
  readonly type: string;
  readonly source: string;
  readonly scope: string;
  readonly fact_id: string;
  readonly at: Date;
  readonly data: object;
}

const HOURS_2 = 7_200_000;

/**
 * All figures once more, straight from the rows, one after the other and without any of the code that is tested. By
 * `kpi|day|channel|node|stage`.
 */
export async function recompute(pool: pg.Pool): Promise<ReadonlyMap<string, Recomputed>> {
  const figures = new Map<string, Recomputed>();
  const record = (
    kpi: string,
    day: Date | string,
    place: { channel?: string; node?: string; stage?: string | undefined },
    what: { ms?: number; numerator?: number; denominator?: number; count?: number } = {},
  ): void => {
    const text = typeof day === 'string' ? day.slice(0, 10) : day.toISOString().slice(0, 10);
    const key = [kpi, text, place.channel ?? '', place.node ?? '', place.stage ?? ''].join('|');
    const of = figures.get(key) ?? { count: 0, numerator: 0, denominator: 0, durations: [] };
    of.count += what.count ?? 1;
    of.numerator += what.numerator ?? 0;
    of.denominator += what.denominator ?? 0;
    if (what.ms !== undefined) of.durations.push(Math.max(0, what.ms));
    figures.set(key, of);
  };
  const { rows } = await pool.query<Row>(
    `select stream_type, stream_id, type, source, scope, fact_id, recorded_at as at, data from event_log
     order by stream_id, stream_version`,
  );
  for (const stream of Map.groupBy(rows, (row) => row.stream_id).values()) {
    const [first] = stream;
    if (first?.stream_type === 'order') ofOrder(stream, record);
    if (first?.stream_type === 'exception') ofException(stream, record);
  }
  await ofTables(pool, record);
  return figures;
}

type Recorder = (
  kpi: string,
  day: Date | string,
  place: { channel?: string; node?: string; stage?: string | undefined },
  what?: { ms?: number; numerator?: number; denominator?: number; count?: number },
) => void;

function ofOrder(stream: readonly Row[], record: Recorder): void {
  const order = new NaiveOrder();
  const [{ at: acceptedAt, scope: channel } = { at: new Date(0), scope: '' }] = stream;
  let stage: string | undefined;
  let stageSince = acceptedAt;
  let confirmedAt: number | undefined;
  let lastByHand: string | undefined;
  const once = new Set<string>();
  const first = (what: string): boolean => !once.has(what) && once.add(what).size > 0;
  for (const row of stream) {
    const event = { type: row.type, ...row.data } as OrderEvent;
    const { at } = row;
    const erpBefore = order.erp;
    order.take(event, at.getTime());
    if (row.source === 'operator' && row.fact_id !== lastByHand)
      record('MANUAL_INTERVENTIONS', at, { channel, stage: 'ORDER' });
    if (row.source === 'operator') lastByHand = row.fact_id;
    const short =
      event.type === 'FulfillmentShortPicked' ||
      event.type === 'OrderRejected' ||
      (event.type === 'OrderBackordered' && event.shortages.some((one) => one.releasedAt === undefined));
    if (short && first('short')) record('OVERSELL_RATE', acceptedAt, { channel }, { numerator: 1, count: 0 });
    if (event.type === 'OrderCancelled' && first('cancelled'))
      record('CANCELLATION_RATE', acceptedAt, { channel }, { numerator: 1, count: 0 });
    if (event.type === 'OrderAccepted') {
      record('ORDER_ACCEPTANCE_LAG', at, { channel }, { ms: at.getTime() - Date.parse(event.order.placedAt) });
      for (const kpi of ['OVERSELL_RATE', 'CANCELLATION_RATE', 'DUPLICATE_ORDER_RATE'])
        record(kpi, at, { channel }, { denominator: 1 });
    }
    if (event.type === 'OrderCompleted' && first('completed'))
      record('ORDER_LIFECYCLE_LATENCY', at, { channel }, { ms: at.getTime() - acceptedAt.getTime() });
    if (event.type === 'SalesOrderConfirmed') confirmedAt = at.getTime();
    if (event.type === 'SalesOrderRequested') confirmedAt = undefined;
    ofErp(event, { at, channel, erpBefore }, record);
    if (event.type === 'OutsideCallFailed' && event.notSent === undefined && event.system === 'CHANNEL')
      record('FAILED_ACKNOWLEDGEMENTS', at, { channel, stage: 'SHIPMENT' });
    if (event.type === 'FulfillmentReleased' && first(event.fulfillmentOrderId)) {
      const { node = '', claimedAt = 0 } = order.work.get(event.fulfillmentOrderId) ?? {};
      const from = Math.max(claimedAt, confirmedAt ?? 0);
      record('WAREHOUSE_RELEASE_TIME', at, { channel, node }, { ms: at.getTime() - from });
    }
    if (event.type === 'ChannelShipmentConfirmed' && event.notWanted === undefined) {
      const { node = '', shippedAt = '' } = order.shipments.get(event.shipmentId) ?? {};
      const ms = Math.max(0, Date.parse(event.at) - Date.parse(shippedAt));
      const numerator = ms <= HOURS_2 ? 1 : 0;
      record('SHIPMENT_CONFIRMATION_TIMELINESS', at, { channel, node }, { ms, numerator, denominator: 1 });
    }
    if (order.stage === stage) continue;
    if (stage !== undefined)
      record('ORDER_LIFECYCLE_LATENCY', at, { channel, stage }, { ms: at.getTime() - stageSince.getTime() });
    stage = order.stage;
    stageSince = at;
  }
}

function ofErp(
  event: OrderEvent,
  { at, channel, erpBefore }: { readonly at: Date; readonly channel: string; readonly erpBefore: string },
  record: Recorder,
): void {
  const posting = 'ERP_POSTING_SUCCESS_RATE';
  if (event.type === 'SalesOrderPosted') record(posting, at, { channel }, { numerator: 1, denominator: 1 });
  if (event.type === 'SalesOrderRejected' && erpBefore === 'REQUESTED')
    record(posting, at, { channel }, { denominator: 1 });
  if (event.type === 'OutsideCallFailed' && event.notSent === undefined && event.waitKey === 'ERP:POSTING')
    record(posting, at, { channel }, { denominator: 1 });
}

function ofException(stream: readonly Row[], record: Recorder): void {
  const [raised] = stream;
  for (const { type, at, scope: channel, data } of stream) {
    const { category: stage, by } = data as { category: string; by?: string };
    if (type === 'ExceptionRaised') record('EXCEPTION_VOLUME', at, { channel, stage });
    if (type === 'ExceptionRaised' && stage === 'DUPLICATE_REFERENCE')
      record('DUPLICATE_ORDER_RATE', at, { channel }, { numerator: 1, denominator: 1 });
    if (type === 'ExceptionResolved')
      record('EXCEPTION_AGEING', at, { channel, stage }, { ms: at.getTime() - (raised?.at ?? at).getTime() });
    if ((type === 'ExceptionAssigned' || type === 'ExceptionIgnored') && by !== 'hub')
      record('MANUAL_INTERVENTIONS', at, { channel, stage: 'EXCEPTION' });
  }
}

async function ofTables(pool: pg.Pool, record: Recorder): Promise<void> {
  const told = await pool.query<{ channel: string; outcome: string; told_at: Date; wanted_since: Date | null }>(
    'select channel, outcome, told_at, wanted_since from told_quantity',
  );
  for (const { channel, outcome, told_at: at, wanted_since: since } of told.rows) {
    if (outcome === 'ACCEPTED' && since !== null)
      record('INVENTORY_UPDATE_DELAY', at, { channel }, { ms: at.getTime() - since.getTime() });
    if (outcome === 'REFUSED' || outcome === 'FAILED')
      record('FAILED_ACKNOWLEDGEMENTS', at, { channel, stage: 'QUANTITY' });
  }
  const runs = await pool.query<{
    system: string;
    subject: string;
    started_at: Date;
    compared: number;
    equal: number;
    units_compared: string;
    units_off: string;
  }>('select * from drift_run where finished_at is not null and error is null');
  for (const run of runs.rows) {
    const place = run.system === 'CHANNEL' ? { channel: run.subject } : { node: run.subject };
    const at = { ...place, stage: run.system };
    record('INVENTORY_ACCURACY', run.started_at, at, { numerator: run.equal, denominator: run.compared });
    record('INVENTORY_DRIFT', run.started_at, at, {
      numerator: Number(run.units_off),
      denominator: Number(run.units_compared),
    });
  }
}
