import type { DryRun, SoftLine, SoftReservationView } from '../../process-apis/availability/index.js';

export interface ReservationAnswer {
  readonly id: string;
  readonly channel: string;
  readonly reference: string;
  readonly kind: string;
  readonly status: string;
  readonly expiresAt: string;
  readonly lines: readonly (SoftLine & {
    /** Where its units are held; empty when they are not any more. */
    readonly nodes: readonly { readonly node: string; readonly quantity: number }[];
  })[];
}

export function reservationAnswer(reservation: SoftReservationView): ReservationAnswer {
  const { id, channel, reference, kind, status, expiresAt, lines, claims } = reservation;
  return {
    id,
    channel,
    reference,
    kind,
    status,
    expiresAt,
    lines: lines.map((line, index) => ({
      ...line,
      nodes: claims.flatMap(({ lineId, node, quantity }) => (lineId === String(index) ? [{ node, quantity }] : [])),
    })),
  };
}

export interface DryRunAnswer extends Omit<DryRun, 'allocations' | 'missing'> {
  readonly channel: string;
  readonly asOf: string;
  readonly allocations: readonly { readonly line: number; readonly node: string; readonly quantity: number }[];
  readonly missing: readonly { readonly line: number; readonly quantity: number }[];
}

export function dryRunAnswer(channel: string, asOf: string, run: DryRun): DryRunAnswer {
  const { allocations, missing, shortages, nodes, excluded, limited } = run;
  return {
    channel,
    asOf,
    allocations: allocations.map(({ lineId, node, quantity }) => ({ line: Number(lineId), node, quantity })),
    missing: missing.map(({ lineId, quantity }) => ({ line: Number(lineId), quantity })),
    shortages,
    nodes,
    excluded,
    limited,
  };
}
