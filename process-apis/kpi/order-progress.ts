import type { OrderEvent } from '../../src/model/events.js';
import type { Order } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';
import { evolve, withWaits } from '../orders/index.js';
import { dayOf, msBetween, type Mark } from './figures.js';
import { jamOf } from './jams.js';
import { isShort, OPERATOR, orderMarks } from './order-marks.js';
import type { Advanced, Move, Progress, ProgressState } from './progress.types.js';
import { stageOf, type Stage } from './stages.js';

/** They change neither the units of an order nor what it waits for: an order with nothing left to do stays so. */
const CHANGE_NO_STAGE: ReadonlySet<string> = new Set([
  'PackageInTransit',
  'PackageDelivered',
  'PackageDeliveryFailed',
  'PackageReturning',
  'ReturnAnnounced',
  'RefundIssued',
]);

/** The event is more than a note on an order with nothing left to do, of which the state is not stored. */
export function needsState(stored: Progress | undefined, { type, source }: LoggedEvent): boolean {
  // Which facts of a person were counted is in the state.
  const changes = !CHANGE_NO_STAGE.has(type) || source === OPERATOR;
  return stored !== undefined && stored.state === undefined && changes;
}

/** The order after its next event, and what that event counts for. Pure. Throws for an event that does not follow. */
export function advance(before: Progress | undefined, logged: LoggedEvent): Advanced {
  if (before !== undefined && before.state === undefined) {
    if (needsState(before, logged)) throw new Error(`${logged.type} for an order of which nothing is known`);
    return { progress: { ...before, version: logged.streamVersion }, marks: [], moves: [] };
  }
  const event = { type: logged.type, ...logged.data } as OrderEvent;
  const at = logged.recordedAt;
  const order = compact(withWaits(evolve(before?.state?.order, event), at));
  const marks = orderMarks({ before, order, event, logged });
  const after = progressAfter(before, order, { event, logged });
  const moves: Move[] = before === undefined ? [{ at, channel: order.channel, stage: 'NEW', entered: 1 }] : [];
  if (before?.stage !== after.stage) {
    if (before?.stage !== undefined) moves.push({ at, channel: order.channel, stage: before.stage, entered: 0 });
    if (after.stage !== undefined) moves.push({ at, channel: order.channel, stage: after.stage, entered: 1 });
  }
  const left = before?.stage === after.stage ? undefined : before?.stage;
  return {
    progress: after,
    marks: left === undefined ? marks : [...marks, stageMark(before, left, logged)],
    moves,
  };
}

function stageMark(before: Progress | undefined, stage: Stage, { recordedAt, scope }: LoggedEvent): Mark {
  const ms = msBetween(before?.stageSince ?? recordedAt, recordedAt);
  return { kpi: 'ORDER_LIFECYCLE_LATENCY', day: dayOf(recordedAt), channel: scope, stage, ms };
}

function progressAfter(
  before: Progress | undefined,
  order: Order,
  { event, logged }: { readonly event: OrderEvent; readonly logged: LoggedEvent },
): Progress {
  const at = logged.recordedAt;
  const stage = stageOf(order);
  const stageSince = before?.stage === stage ? before?.stageSince : at;
  const jam = stage === undefined ? undefined : jamOf(order);
  const completedAt = before?.completedAt ?? (event.type === 'OrderCompleted' ? at : undefined);
  const reached = before?.reached ?? {};
  return {
    orderId: logged.streamId,
    channel: order.channel,
    version: logged.streamVersion,
    acceptedAt: before?.acceptedAt ?? at,
    ...(stage === undefined ? {} : { stage }),
    ...(stage === undefined || stageSince === undefined ? {} : { stageSince }),
    reached: stage === undefined || reached[stage] !== undefined ? reached : { ...reached, [stage]: at },
    ...(completedAt === undefined ? {} : { completedAt }),
    overdue: stage !== undefined && order.waits.some((wait) => wait.overdueSince !== undefined),
    ...(jam === undefined ? {} : { jam }),
    short: before?.short === true || isShort(event),
    cancelled: before?.cancelled === true || event.type === 'OrderCancelled',
    state: stateAfter(before?.state, order, { event, logged }),
  };
}

function stateAfter(
  before: ProgressState | undefined,
  order: Order,
  { event, logged }: { readonly event: OrderEvent; readonly logged: LoggedEvent },
): ProgressState {
  const at = logged.recordedAt;
  const planned: Record<string, Instant> = { ...before?.planned };
  if (event.type === 'InventoryReserved') for (const { id } of event.fulfillmentOrders) planned[id] = at;
  if (event.type === 'FulfillmentReleased') delete planned[event.fulfillmentOrderId];
  const confirmedAt =
    event.type === 'SalesOrderConfirmed' ? at : event.type === 'SalesOrderRequested' ? undefined : before?.confirmedAt;
  const byHand = logged.source === OPERATOR ? logged.factId : before?.byHand;
  return {
    order,
    planned,
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
    ...(byHand === undefined ? {} : { byHand }),
  };
}

/** Without prices, titles and contents of parcels: a row is written for each event. */
function compact(order: Order): Order {
  const { grandTotal: _, destination: __, ...rest } = order;
  return {
    ...rest,
    charges: [],
    attributes: {},
    refunds: [],
    returns: [],
    lines: order.lines.map((line) => ({ ...line, title: '', charges: [] })),
    shipments: order.shipments.map((shipment) => ({
      ...shipment,
      packages: shipment.packages.map((parcel) => ({ ...parcel, items: [] })),
    })),
  };
}
