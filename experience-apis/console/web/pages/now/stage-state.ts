import type { Tone } from '../../ui/index.js';
import type { FlowStage } from './flow.documents.js';

/** How a stage fares: late steps are worst, then what stands in the way. */
export function toneOfStage({ overdue, jams }: Pick<FlowStage, 'overdue' | 'jams'>): Tone {
  if (overdue > 0) return 'bad';
  return jams.length > 0 ? 'warn' : 'ok';
}

/** The list of the orders in the stage, as near as its filters come. */
export function ordersOfStage(stage: FlowStage['stage'], channel: string | undefined): string {
  const query = new URLSearchParams(FILTERS[stage]);
  if (channel !== undefined) query.set('channel', channel);
  return `/orders?${query.toString()}`;
}

const FILTERS: Readonly<Record<FlowStage['stage'], Readonly<Record<string, string>>>> = {
  ACCEPTED: { status: 'OPEN,BACKORDERED' },
  RESERVED: { status: 'RESERVED' },
  ERP: { waitingOn: 'ERP' },
  WAREHOUSE: { waitingOn: 'WMS' },
  SHIPPED: { waitingOn: 'CHANNEL' },
  CONFIRMED: { status: 'SHIPPED', completed: 'false' },
};
