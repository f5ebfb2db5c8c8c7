import { standingHolds, sumQuantities, type Order } from '../../../src/model/order.js';
import type { OrderFactBody } from '../orders.facts.js';
import { channelLine, channelOrder, versionAt } from './channel-orders.js';
import type { Harness, Played } from './harness.js';
import { expectSound } from './invariants.js';
import { SAMPLE_FACTS } from './sample-facts.js';
import { settle } from './settle.js';
import { orderAt, STAGES, type Stage } from './stages.js';

interface Trouble {
  readonly title: string;
  readonly what: string;
  readonly fact: (harness: Harness) => OrderFactBody;
}

const FEWER_AND_MORE = { version: versionAt(20), lines: [channelLine('A', 4), channelLine('B', 1)] };

/** What may have to be made good at any stage. */
export const TROUBLES: readonly Trouble[] = [
  {
    title: 'Cancellation',
    what: 'The channel cancels the whole order.',
    fact: () => ({ kind: 'CancellationRequested', by: 'CHANNEL', reason: 'buyer' }),
  },
  {
    title: 'ERP reject',
    what: 'The ERP refuses the sales order; a person has it sent again.',
    fact: SAMPLE_FACTS.SalesOrderRejected,
  },
  {
    title: 'Address change',
    what: 'A person, or the channel, wants it to go to another address.',
    fact: SAMPLE_FACTS.AddressCorrected,
  },
  {
    title: 'Line change',
    what: 'The channel wants one unit of A more (3 → 4) and one of B less (2 → 1).',
    fact: () => ({ kind: 'ChannelOrderReceived', order: channelOrder(FEWER_AND_MORE) }),
  },
  { title: 'Short pick', what: 'The node does not find one unit of B.', fact: SAMPLE_FACTS.FulfillmentShortPicked },
  { title: 'Node reject', what: 'The node refuses the work.', fact: SAMPLE_FACTS.FulfillmentRejected },
  {
    title: 'Carrier refusal',
    what: 'The carrier would not take a parcel; a person has the units sourced elsewhere.',
    fact: SAMPLE_FACTS.CarrierRefused,
  },
];

export interface Cell {
  /** Events, or why the fact is not taken. */
  readonly does: string;
  /** Tasks. */
  readonly asks: string;
  /** Categories of exceptions that stand after it. */
  readonly tells: string;
  /** Where the order is when the outside has answered: the warehouses that they stop, and people that it goes on. */
  readonly end: string;
  /** … and where it is when the warehouses say that it is too late to stop. */
  readonly tooLate: string;
}

export const STAGES_WITH_ORDER = STAGES.filter((stage) => stage !== 'new');

/** What the order process does about the trouble at the stage, by running it; each step is checked. */
export function cellOf(trouble: Trouble, stage: Stage): Cell {
  const harness = orderAt(stage);
  const played = tell(harness, trouble.fact(harness));
  const tells = [...new Set([...harness.problems.values()].map(({ category }) => category))].join(', ');
  goOn(harness, true);
  const other = orderAt(stage);
  tell(other, trouble.fact(other));
  goOn(other, false);
  const [end, tooLate] = [endOf(harness), endOf(other)];
  return {
    does: whatIsDone(played),
    asks: played.tasks.map(({ kind }) => `\`${kind}\``).join(', '),
    tells,
    end,
    tooLate: tooLate === end ? '' : tooLate,
  };
}

function tell(harness: Harness, body: OrderFactBody): Played {
  const played =
    'fulfillmentOrderId' in body && body.fulfillmentOrderId !== undefined
      ? harness.tell(body, { by: 'FULFILLMENT_ORDER', fulfillmentOrderId: body.fulfillmentOrderId })
      : harness.tell(body);
  expectSound(harness);
  return played;
}

function whatIsDone({ outcome, events }: Played): string {
  switch (outcome.result) {
    case 'UNKNOWN_ORDER':
      return 'no node has work yet';
    case 'REJECTED':
      return `refused: ${(outcome.reason ?? '').replaceAll(/\b[\da-f]{8}-[\da-f-]{27}\b ?/g, '')}`;
    default:
      return events.map(({ type }) => type).join(', ');
  }
}

/** People do what the exceptions ask of them, warehouses agree to stop or not, and everyone answers. */
function goOn(harness: Harness, agree: boolean): void {
  if (!agree) refuseToStop(harness);
  for (const { carrierRefusal, id: fulfillmentOrderId } of harness.order.fulfillmentOrders)
    if (carrierRefusal !== undefined)
      tell(harness, { kind: 'ReSourceRequested', fulfillmentOrderId, by: 'operator:ada', reason: carrierRefusal });
  if (!agree) refuseToStop(harness);
  settle(harness);
}

function refuseToStop(harness: Harness): void {
  for (const { id, status } of harness.order.fulfillmentOrders) {
    if (status === 'RELEASE_REQUESTED')
      tell(harness, { kind: 'FulfillmentReleased', fulfillmentOrderId: id, wmsReference: `W-${id}` });
  }
  for (const { id, status } of harness.order.fulfillmentOrders)
    if (status === 'CANCEL_REQUESTED')
      tell(harness, { kind: 'FulfillmentCancelRefused', fulfillmentOrderId: id, reason: 'packed' });
}

function endOf(harness: Harness): string {
  const { order, problems } = harness;
  const { shipped, cancelled, open } = sumQuantities(order.lines.map((line) => line.quantities));
  const units = Object.entries({ shipped, cancelled, open }).flatMap(([state, count]) =>
    count > 0 ? [`${count} ${state}`] : [],
  );
  const standing = [...new Set([...problems.values()].map(({ category }) => category))];
  return [...units, ...standing, ...heldOrNot(order)].join(', ');
}

function heldOrNot(order: Order): readonly string[] {
  return order.completedAt === undefined && standingHolds(order).length > 0 ? ['held'] : [];
}

/** docs/compensation.md, made by running each trouble at each stage. */
export function renderCompensation(): string {
  const tables = TROUBLES.map((trouble) => {
    const rows = STAGES_WITH_ORDER.map((stage) => {
      const { does, asks, tells, end, tooLate } = cellOf(trouble, stage);
      return `| ${[stage, does === '' ? 'nothing: it says nothing new' : does, asks, tells, end, tooLate].join(' | ')} |`;
    });
    return [
      `## ${trouble.title}`,
      '',
      trouble.what,
      '',
      '| the order is | the hub records | asks outside | tells a person | in the end | … when warehouses cannot stop |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n');
  });
  return [HEAD, ...tables].join('\n');
}

const HEAD = `# What is made good, and how

What happens to an order of three units of A and two of B (of which two nodes have plenty) when something goes wrong at a stage of its
life. This file is made by running the order process itself; a test keeps the two equal, and holds every step against the invariants:
claims match the stock, no unit is lost, nothing is stuck without a task, a clock or an exception.

"In the end" is when everyone outside has answered and people have done what the exceptions asked of them; words in capitals are exceptions
that stand even then, because someone must know. Events are described in \`schema/graphql/event.graphql\`, the transitions in
\`process-apis/orders/orders.transitions.ts\`.
`;
