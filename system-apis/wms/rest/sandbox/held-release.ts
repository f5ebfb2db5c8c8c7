import type { WireEvent } from '../wms-rest-event.wire.js';
import type { WireReleaseStatus } from '../wms-rest-release.wire.js';
import type { Entry } from './journal.js';
import { labelOf, serialOf } from './labels.js';
import { unitsOf, type KeptLine, type Units } from './plan.js';

const SERIALS_MAX = 1_000;

export type Accepted = Extract<Entry, { t: 'accepted' }>;
export type Shipped = Extract<WireEvent, { type: 'fulfillment.shipped' }>;
export type StepKind = 'pick' | 'pack' | 'ship';

/** A release that the warehouse works: what was accepted, and how far it is. */
export interface HeldRelease {
  readonly accepted: Accepted;
  stepsDone: number;
  cancelled: boolean;
  /** How often the carrier refused, and whether it does. */
  refusals: number;
  refused: boolean;
}

/** The work of a release in order: pick, then pack and one ship for each shipment, unless nothing is found. */
export function stepsOf({ plan }: Accepted): readonly StepKind[] {
  if (plan.shipments.length === 0) return ['pick'];
  return ['pick', 'pack', ...plan.shipments.map(() => 'ship' as const)];
}

export function nextStep(held: HeldRelease): StepKind | undefined {
  return held.cancelled || held.refused ? undefined : stepsOf(held.accepted)[held.stepsDone];
}

/** What the carrier refused can be unpacked. */
export function isPacked(held: HeldRelease): boolean {
  return held.stepsDone >= 2 && !held.refused;
}

export function statusOf(held: HeldRelease): WireReleaseStatus['status'] {
  if (held.cancelled) return 'CANCELLED';
  if (held.stepsDone === 0) return 'ACCEPTED';
  const { shipments } = held.accepted.plan;
  if (shipments.length === 0) return 'CLOSED';
  if (held.stepsDone === 1) return 'PICKED';
  if (held.stepsDone === 2) return 'PACKED';
  return held.stepsDone - 2 < shipments.length ? 'PARTIALLY_SHIPPED' : 'SHIPPED';
}

export function viewOf(held: HeldRelease): WireReleaseStatus {
  const { id, wmsReference, node, lines, plan } = held.accepted;
  const shipped = plan.shipments.slice(0, Math.max(0, held.stepsDone - 2)).flat(2);
  return {
    fulfillmentOrderId: id,
    wmsReference,
    node,
    status: statusOf(held),
    lines: lines.map(({ lineId, quantity }) => ({
      lineId,
      quantity,
      shipped: shipped.reduce((sum, item) => sum + (item.lineId === lineId ? item.quantity : 0), 0),
      short: held.stepsDone === 0 ? 0 : unitsOf(plan.short, lineId),
    })),
  };
}

/** What a step tells the hub. The same for the same step, so a restart tells it again with the same ids. */
export function eventsOf(accepted: Accepted, step: number, at: string, serialSkus: ReadonlySet<string>): WireEvent[] {
  const { id, wmsReference, lines, plan } = accepted;
  const told = { id: `${wmsReference}-${step + 1}`, occurredAt: at, fulfillmentOrderId: id };
  const found = foundOf(lines, plan.short);
  if (step === 0) {
    const events: WireEvent[] = [];
    if (found.length > 0) events.push({ ...told, type: 'fulfillment.picked', lines: found });
    if (plan.short.length > 0)
      events.push({
        ...told,
        id: `${told.id}-short`,
        type: 'fulfillment.short_picked',
        lines: plan.short.map((units) => ({ ...units, ...missingComponent(lines, units.lineId) })),
        reason: 'The location was empty.',
      });
    return events;
  }
  if (step === 1) return [{ ...told, type: 'fulfillment.packed', lines: found }];
  return [shippedOf(accepted, told, step - 2, serialSkus)];
}

/** Of a kit it is always the first component that is missing. */
function missingComponent(lines: readonly KeptLine[], lineId: string): { readonly sku?: string } {
  const component = lines.find((line) => line.lineId === lineId)?.components?.[0];
  return component === undefined ? {} : { sku: component.sku };
}

function foundOf(lines: readonly KeptLine[], short: readonly Units[]): Units[] {
  return lines
    .map(({ lineId, quantity }) => ({ lineId, quantity: quantity - unitsOf(short, lineId) }))
    .filter(({ quantity }) => quantity > 0);
}

function shippedOf(
  accepted: Accepted,
  told: { readonly id: string; readonly occurredAt: string; readonly fulfillmentOrderId: string },
  shipment: number,
  serialSkus: ReadonlySet<string>,
): Shipped {
  const shipmentReference = `${accepted.wmsReference}-S${shipment + 1}`;
  const packages = accepted.plan.shipments[shipment] ?? [];
  return {
    ...told,
    type: 'fulfillment.shipped',
    shipmentReference,
    packages: packages.map((items, index) => {
      const reference = `${shipmentReference}-P${index + 1}`;
      return {
        reference,
        ...labelOf(reference),
        items: items.map((item) => ({ ...item, ...serialsOf(accepted, reference, item, serialSkus) })),
      };
    }),
  };
}

function serialsOf(
  accepted: Accepted,
  packageReference: string,
  item: Units,
  serialSkus: ReadonlySet<string>,
): { serials?: string[] } {
  const line = accepted.lines.findIndex(({ lineId }) => lineId === item.lineId);
  const sku = accepted.lines[line]?.sku;
  if (sku === undefined || !serialSkus.has(sku) || item.quantity > SERIALS_MAX) return {};
  const serial = (unit: number): string => serialOf(`${packageReference}-L${line + 1}-${unit + 1}`);
  return { serials: Array.from({ length: item.quantity }, (_, unit) => serial(unit)) };
}
