import { orderStatus, type Order, type OrderLine } from '../../src/model/order.js';
import type { Preview } from '../orders/index.js';
import type { OrderDiff, ReplayDetail } from './replay.types.js';

/** Of one message or fact; what lies beyond is not listed. */
const SHOWN_MAX = 50;

/** What facts would do to orders, for people. Pure; free of personal data, as events and tasks are. */
export function diffOf(preview: Preview): Pick<ReplayDetail, 'orders' | 'tasks'> {
  const events = Map.groupBy(preview.events, ({ streamId }) => streamId);
  const orders = preview.orders.slice(0, SHOWN_MAX).map(({ before, after }) =>
    orderDiff(
      before,
      after,
      (events.get(after.id) ?? []).map(({ type }) => type),
    ),
  );
  const tasks = preview.tasks.slice(0, SHOWN_MAX).map(({ kind, key }) => `${kind} ${key}`);
  return { ...(orders.length === 0 ? {} : { orders }), ...(tasks.length === 0 ? {} : { tasks }) };
}

function orderDiff(before: Order | undefined, after: Order, events: readonly string[]): OrderDiff {
  const { id: orderId, channel, reference } = after;
  return {
    orderId,
    channel,
    reference,
    events,
    statusAfter: orderStatus(after),
    ...(before === undefined ? {} : { statusBefore: orderStatus(before) }),
    lines: after.lines.flatMap((line) =>
      lineDiff(
        before?.lines.find(({ id }) => id === line.id),
        line,
      ),
    ),
  };
}

function lineDiff(before: OrderLine | undefined, after: OrderLine): OrderDiff['lines'] {
  const was = unitsOf(before);
  const is = unitsOf(after);
  return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ number: after.number, before: was, after: is }];
}

/** States that hold units. */
function unitsOf(line: OrderLine | undefined): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(line?.quantities ?? {}).filter(([, units]) => units > 0));
}
