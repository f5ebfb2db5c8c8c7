import type { Instant } from '../../../src/model/time.js';
import type { CheckedItem, CheckItem } from './check.types.js';
import { explain } from './explanation.js';
import type { Selling } from './selling-lookup.js';
import type { SellingScene } from './selling-scene.js';
import type { StockView } from '../book/stock-state.js';

/** Answers for one item or listing. With `explained`, the stock of the scene, it shows the sum behind the answer. Pure. */
export function checkItem(
  { quantity, date, listingSku, node }: CheckItem,
  selling: Selling,
  scene: SellingScene,
  explained?: Pick<StockView, 'positionsOf'>,
): CheckedItem {
  const releaseAt = scene.releaseOf(selling);
  const available = scene.unitsNow(selling);
  const inStock = releaseAt === undefined && available >= quantity;
  const from = inStock ? undefined : availableFrom(quantity, date, selling, scene);
  return {
    sku: selling.sku,
    ...(listingSku === undefined ? {} : { listingSku }),
    ...(node === undefined ? {} : { node }),
    quantity,
    status: statusOf(inStock, from),
    available,
    ...(date === undefined ? {} : { byDate: { date, available: availableBy(date, selling, scene) } }),
    ...(from === undefined ? {} : { availableFrom: from }),
    ...(releaseAt === undefined ? {} : { releaseAt }),
    ...(explained === undefined ? {} : { explanation: explain(selling.components, scene, explained) }),
  };
}

/** The last instant of a UTC date. */
export function endOfDay(date: string): Instant {
  return `${date}T23:59:59.999Z`;
}

function statusOf(inStock: boolean, from: Instant | undefined): CheckedItem['status'] {
  if (inStock) return 'IN_STOCK';
  return from === undefined ? 'NOT_AVAILABLE' : 'BY_DATE';
}

/** By the date asked for; without one only what may be ordered ahead of its release has a later date. */
function availableFrom(
  quantity: number,
  date: string | undefined,
  selling: Selling,
  scene: SellingScene,
): Instant | undefined {
  if (date !== undefined) return scene.firstWith(quantity, selling, endOfDay(date));
  const releaseAt = scene.releaseOf(selling);
  if (releaseAt === undefined || scene.unitsNow(selling) < quantity) return undefined;
  return scene.firstWith(quantity, selling, releaseAt);
}

function availableBy(date: string, selling: Selling, scene: SellingScene): number {
  const releaseAt = scene.releaseOf(selling);
  const until = endOfDay(date);
  return releaseAt !== undefined && releaseAt > until ? 0 : scene.unitsOn(selling, until);
}
