export type KpiUnit = 'MILLISECONDS' | 'RATIO' | 'COUNT' | 'UNITS';
export type KpiGrouping = 'DAY' | 'CHANNEL' | 'NODE' | 'STAGE';

interface Definition {
  /** A few words for lists. */
  readonly title: string;
  /** Exactly what is counted, from what to what, and to which day (UTC) it counts. */
  readonly definition: string;
  readonly unit: KpiUnit;
  readonly better: 'LOWER' | 'HIGHER';
  /**
   * What a well-run house reaches, in the unit: at most this, or at least where higher is better. KPIs that depend on the
   * business alone have none. An installation may set its own.
   */
  readonly target?: number;
  /** What its points may be split by. */
  readonly grouping: readonly KpiGrouping[];
  /** From which records it is computed, for docs/kpis.md. */
  readonly from: string;
  /** Points that are not split by stage are records of their own (the whole way), not the sum over the stages. */
  readonly whole?: true;
}

/** A channel has to hear within this time that a parcel left. The SLA clock of the step says the same. */
export const CONFIRMATION_LIMIT_MS = 2 * 3_600_000;

const OF_CHANNEL: readonly KpiGrouping[] = ['DAY', 'CHANNEL'];
const OF_NODE: readonly KpiGrouping[] = ['DAY', 'CHANNEL', 'NODE'];
const OF_STAGE: readonly KpiGrouping[] = ['DAY', 'CHANNEL', 'STAGE'];

/**
 * All KPIs, in one place: GraphQL, metrics, the console and docs/kpis.md say what stands here. "Recorded" is the instant at
 * which the hub committed the event.
 */
export const KPIS = {
  ORDER_ACCEPTANCE_LAG: {
    title: 'Order acceptance lag',
    definition:
      'The time from when the buyer placed an order (as the channel tells it) until the hub recorded it as accepted. Each accepted order counts once, to the day on which it was recorded.',
    unit: 'MILLISECONDS',
    better: 'LOWER',
    target: 60_000,
    grouping: OF_CHANNEL,
    from: '`OrderAccepted`',
  },
  ORDER_LIFECYCLE_LATENCY: {
    title: 'Order lifecycle latency by stage',
    definition:
      'By stage: the time that an order was in a stage, counted each time it leaves one, to the day on which the event that made it leave was recorded. The stage of an order is that of its least advanced work. Not split by stage: the time from acceptance until nothing was left to do, counted once for each order when it is first complete, to that day.',
    unit: 'MILLISECONDS',
    better: 'LOWER',
    grouping: OF_STAGE,
    from: 'all events of an order; `OrderCompleted` for the whole',
    whole: true,
  },
  ERP_POSTING_SUCCESS_RATE: {
    title: 'ERP posting success rate',
    definition:
      'Of all answers to asking the ERP for a sales order, the share that was a posted one. Answers are: it was posted; it was rejected before it was posted; the call failed (the same failure of an order again and again counts once). A call that the hub kept back was not asked. Each counts to the day on which it was recorded.',
    unit: 'RATIO',
    better: 'HIGHER',
    target: 0.99,
    grouping: OF_CHANNEL,
    from: '`SalesOrderPosted`, `SalesOrderRejected` while posting, `OutsideCallFailed` of `ERP:POSTING`',
  },
  WAREHOUSE_RELEASE_TIME: {
    title: 'Warehouse release time',
    definition:
      'The time from when work could be given to a node until the node had taken it: from the later of the claim of its stock and the confirmation of the sales order, until the release was answered. Holds count in. Each fulfillment order counts once, to the day on which its release was recorded.',
    unit: 'MILLISECONDS',
    better: 'LOWER',
    target: 15 * 60_000,
    grouping: OF_NODE,
    from: '`InventoryReserved`, `SalesOrderConfirmed`, `FulfillmentReleased`',
  },
  SHIPMENT_CONFIRMATION_TIMELINESS: {
    title: 'Shipment confirmation timeliness',
    definition:
      'Of all parcels that a channel took the confirmation of, the share that it took within two hours of their leaving (as the warehouse tells it). Parcels that the channel wanted no confirmation of are left out. Each parcel counts to the day on which the channel’s answer was recorded; the durations are the times between.',
    unit: 'RATIO',
    better: 'HIGHER',
    target: 0.99,
    grouping: OF_NODE,
    from: '`ShipmentConfirmed`, `ChannelShipmentConfirmed`',
  },
  INVENTORY_UPDATE_DELAY: {
    title: 'Inventory update delay',
    definition:
      'The time for which a channel showed another quantity of a listing than it should: from when the hub computed another one until the channel accepted it. Each accepted telling counts, to the day on which it was told.',
    unit: 'MILLISECONDS',
    better: 'LOWER',
    target: 60_000,
    grouping: OF_CHANNEL,
    from: 'the table `told_quantity`: rows `ACCEPTED`, from `wanted_since` to `told_at`',
  },
  INVENTORY_ACCURACY: {
    title: 'Inventory accuracy',
    definition:
      'Of all positions and listings that were compared with WMS, ERP or channel, the share that agreed, or differed only by what was on its way. Each comparison that came to its end counts, to the day on which it began; by stage means by kind of system.',
    unit: 'RATIO',
    better: 'HIGHER',
    target: 0.98,
    grouping: ['DAY', 'CHANNEL', 'NODE', 'STAGE'],
    from: 'the table `drift_run`: `equal` of `compared`',
  },
  INVENTORY_DRIFT: {
    title: 'Inventory drift',
    definition:
      'Units by which positions and listings differed from WMS, ERP or channel beyond what was on its way. Each comparison that came to its end counts, to the day on which it began; by stage means by kind of system.',
    unit: 'UNITS',
    better: 'LOWER',
    grouping: ['DAY', 'CHANNEL', 'NODE', 'STAGE'],
    from: 'the table `drift_run`: `units_off`, of `units_compared`',
  },
  OVERSELL_RATE: {
    title: 'Oversell rate',
    definition:
      'Of all accepted orders, the share that stock did not suffice for: units were short when it was claimed (items that are not released for sale yet do not count), the order was refused for it, or a node did not find what it had. An order counts once, to the day on which it was accepted, whenever that came out.',
    unit: 'RATIO',
    better: 'LOWER',
    target: 0.005,
    grouping: OF_CHANNEL,
    from: '`OrderAccepted`, `OrderBackordered` with shortages, `OrderRejected`, `FulfillmentShortPicked`',
  },
  CANCELLATION_RATE: {
    title: 'Cancellation rate',
    definition:
      'Of all accepted orders, the share that was cancelled whole, by whomever. An order counts once, to the day on which it was accepted, whenever it was cancelled.',
    unit: 'RATIO',
    better: 'LOWER',
    target: 0.025,
    grouping: OF_CHANNEL,
    from: '`OrderAccepted`, `OrderCancelled`',
  },
  DUPLICATE_ORDER_RATE: {
    title: 'Duplicate order rate',
    definition:
      'Of all orders that came, the share that came under a number that another order has, and was not taken for it. Accepted orders count to the day on which they were recorded, duplicates to the day on which their exception was raised. The same message or order told again has no effect and is no duplicate.',
    unit: 'RATIO',
    better: 'LOWER',
    target: 0.001,
    grouping: OF_CHANNEL,
    from: '`OrderAccepted`, `ExceptionRaised` of `DUPLICATE_REFERENCE`',
  },
  EXCEPTION_VOLUME: {
    title: 'Exception volume',
    definition:
      'Exceptions raised, each to the day on which it was recorded; by stage means by category. Exceptions of no channel count for the house alone.',
    unit: 'COUNT',
    better: 'LOWER',
    grouping: OF_STAGE,
    from: '`ExceptionRaised`',
  },
  EXCEPTION_AGEING: {
    title: 'Exception ageing',
    definition:
      'The time from when an exception was raised until its problem was gone, counted when it ends, to the day on which that was recorded; by stage means by category. The time for which a person left it counts in.',
    unit: 'MILLISECONDS',
    better: 'LOWER',
    grouping: OF_STAGE,
    from: '`ExceptionRaised`, `ExceptionResolved`',
  },
  MANUAL_INTERVENTIONS: {
    title: 'Manual interventions',
    definition:
      'What persons did to orders and exceptions: each fact of an operator that changed an order, and each exception that a person left as it is or gave to someone. Each counts to the day on which it was recorded; by stage means by what was touched.',
    unit: 'COUNT',
    better: 'LOWER',
    grouping: OF_STAGE,
    from: 'events of orders with the source `operator`, one for each fact; `ExceptionIgnored`, `ExceptionAssigned`',
  },
  FAILED_ACKNOWLEDGEMENTS: {
    title: 'Failed acknowledgements',
    definition:
      'What a channel was told and did not take: calls that confirm a shipment and failed (the same failure of a parcel again and again counts once), and quantities that it refused or could not be told. Each counts to the day on which it was recorded; by stage means by what was told.',
    unit: 'COUNT',
    better: 'LOWER',
    target: 0,
    grouping: OF_STAGE,
    from: '`OutsideCallFailed` of a channel; the table `told_quantity`: rows `REFUSED` and `FAILED`',
  },
} as const satisfies Readonly<Record<string, Definition>>;

export type Kpi = keyof typeof KPIS;
export const KPI_NAMES = Object.keys(KPIS) as readonly Kpi[];

export type KpiDefinition = Definition & { readonly kpi: Kpi };

/** Widened: for code that works on any KPI. */
export function kpiDefinition(kpi: Kpi): KpiDefinition {
  return { kpi, ...KPIS[kpi] };
}
