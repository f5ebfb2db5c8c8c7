import type { TrackingStatus } from '../../generated/graphql.js';
import type { Tone } from '../../ui/index.js';
import type { PageOrder } from './order.documents.js';

export type Parcel = PageOrder['shipments'][number]['packages'][number];
type Quantities = PageOrder['lines'][number]['quantities'];

interface ToldParcel {
  readonly tracking: { readonly status: TrackingStatus } | null;
}

interface Told {
  readonly overdue: boolean;
  readonly lines: readonly {
    readonly ordered: number;
    readonly quantities: Pick<Quantities, 'shipped' | 'cancelled' | 'external'>;
  }[];
  readonly shipments: readonly { readonly packages: readonly ToldParcel[] }[];
}

export const TRACKING_TONE: Readonly<Record<TrackingStatus, Tone>> = {
  IN_TRANSIT: 'info',
  OUT_FOR_DELIVERY: 'info',
  DELIVERED: 'ok',
  FAILED: 'bad',
  RETURNING: 'warn',
};

const TRACKED: Readonly<Record<TrackingStatus, string>> = {
  IN_TRANSIT: 'is on its way',
  OUT_FOR_DELIVERY: 'is out for delivery',
  DELIVERED: 'was delivered',
  FAILED: 'could not be delivered',
  RETURNING: 'comes back',
};

/** What to say of a parcel to who waits for it. */
export function parcelWords({ tracking }: ToldParcel): string {
  return tracking ? TRACKED[tracking.status] : 'has left; its carrier has told nothing yet';
}

/** Where the order is, in a sentence to be read out on the phone. */
export function whereWords(order: Told): string {
  const { wanted, shipped } = unitsOf(order);
  if (wanted === 0) return 'Cancelled: nothing ships.';
  if (shipped === 0) return 'Nothing has shipped yet.';
  if (shipped < wanted) return `${shipped} of ${wanted} units have shipped.`;
  const parcels = parcelsOf(order);
  const came = parcels.filter(isDelivered).length;
  if (came > 0 && came === parcels.length) return came === 1 ? 'Delivered.' : `Delivered, all ${came} parcels.`;
  if (parcels.length < 2) return 'Shipped.';
  return `Shipped in ${parcels.length} parcels${came === 0 ? '' : `, ${came} of them delivered`}.`;
}

/** What the sentence calls for: a late step is worst, then a parcel that went wrong. */
export function whereTone(order: Told): 'bad' | 'warn' | 'ok' | 'info' {
  if (order.overdue) return 'bad';
  const parcels = parcelsOf(order);
  if (parcels.some(({ tracking }) => tracking?.status === 'FAILED' || tracking?.status === 'RETURNING')) return 'warn';
  const { wanted, shipped } = unitsOf(order);
  return wanted > 0 && shipped === wanted && parcels.length > 0 && parcels.every(isDelivered) ? 'ok' : 'info';
}

/** `wanted` are those that were not cancelled. */
function unitsOf({ lines }: Told): { readonly wanted: number; readonly shipped: number } {
  return lines.reduce(
    ({ wanted, shipped }, { ordered, quantities }) => ({
      wanted: wanted + ordered - quantities.cancelled,
      shipped: shipped + quantities.shipped + quantities.external,
    }),
    { wanted: 0, shipped: 0 },
  );
}

function parcelsOf({ shipments }: Told): readonly ToldParcel[] {
  return shipments.flatMap(({ packages }) => packages);
}

function isDelivered({ tracking }: ToldParcel): boolean {
  return tracking?.status === 'DELIVERED';
}
