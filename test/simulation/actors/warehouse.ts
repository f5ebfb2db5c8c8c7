import type {
  CancelFulfillment,
  CancelResult,
  ReleaseFulfillment,
  ReleaseResult,
  StockPage,
  WmsFact,
  WmsLineUnits,
} from '../../../system-apis/wms/wms.port.js';
import { OutsideLine } from '../outside-line.js';
import type { SimWarehouse, SimWorld } from '../sim-world.js';

const STEP_MS_MAX = 1_800_000;
const SHORT_UNITS_MAX = 2;
const SECOND_SHIPMENT = 0.3;

const REFUSALS = ['NO_CAPACITY', 'NO_CAPACITY', 'ADDRESS', 'SHIP_METHOD'] as const;

/** Units that are picked and have not left. */
const INSIDE: ReadonlySet<string> = new Set(['PICKED', 'PACKED', 'STANDS']);

interface Work {
  readonly fulfillmentOrderId: string;
  readonly reference: string;
  readonly node: string;
  readonly content: string;
  readonly lines: readonly { readonly lineId: string; readonly sku: string; readonly quantity: number }[];
  /** `STANDS`: the carrier would not take it. */
  status: 'WAITING' | 'PICKED' | 'PACKED' | 'STANDS' | 'SHIPPED' | 'STOPPED';
  /** Units not found, by line. */
  readonly short: Map<string, number>;
  readonly shipped: Map<string, number>;
  shipments: number;
  /** Events that the hub has not taken yet. */
  untold: number;
}

/** Warehouses behind one system: they work at their own pace and tell of it, each event until it is taken. */
export class WarehouseActor implements SimWarehouse {
  readonly system = 'wms';
  readonly works = new Map<string, Work>();
  /** Units on the shelves, by `<item>@<node>`: those that are picked are not. */
  readonly shelves = new Map<string, number>();
  private readonly line: OutsideLine;
  private events = 0;

  constructor(private readonly world: SimWorld) {
    this.line = new OutsideLine(world, 'WMS');
  }

  release(commands: readonly ReleaseFulfillment[]): Promise<readonly ReleaseResult[]> {
    return this.line.call('release', () => commands.map((command) => this.take(command)));
  }

  cancel(command: CancelFulfillment): Promise<CancelResult> {
    return this.line.call('cancel', () => this.stop(command));
  }

  readStock(): Promise<StockPage> {
    return Promise.reject(new Error('nobody asks the simulated warehouse for its stock'));
  }

  /** Goods come in, and the hub is told. */
  receive(sku: string, node: string, quantity: number): void {
    this.move(sku, node, quantity);
    this.tell({ ...this.head(), kind: 'STOCK_RECEIVED', sku, node, quantity });
  }

  /** Someone counts: what is told is what is there now. */
  count(sku: string, node: string): void {
    const quantity = this.unitsAt(sku, node);
    this.tell({ ...this.head(), kind: 'STOCK_COUNTED', sku, node, quantity });
  }

  private take(command: ReleaseFulfillment): ReleaseResult {
    const { fulfillmentOrderId, node, lines, shipTo } = command;
    const { scheduler, plan } = this.world;
    const content = JSON.stringify({ lines, shipTo, method: command.shipMethod });
    const known = this.works.get(fulfillmentOrderId);
    if (known !== undefined) {
      if (known.content === content) return { fulfillmentOrderId, outcome: 'ACCEPTED', wmsReference: known.reference };
      this.world.count('WMS holds another release of the id');
      return { fulfillmentOrderId, outcome: 'REJECTED', code: 'CONTENT_DIFFERS', reason: 'it holds another content' };
    }
    if (scheduler.random.chance(plan.refused)) {
      this.world.count('WMS refused');
      return { fulfillmentOrderId, outcome: 'REJECTED', code: scheduler.random.pick(REFUSALS), reason: 'it says no' };
    }
    const work: Work = {
      fulfillmentOrderId,
      node,
      content,
      reference: `W-${this.works.size + 1}`,
      lines: lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
      status: 'WAITING',
      short: new Map(),
      shipped: new Map(),
      shipments: 0,
      untold: 0,
    };
    this.works.set(fulfillmentOrderId, work);
    this.world.note(`WMS took ${fulfillmentOrderId}`);
    this.next(() => this.pick(work));
    return { fulfillmentOrderId, outcome: 'ACCEPTED', wmsReference: work.reference };
  }

  private stop({ fulfillmentOrderId }: CancelFulfillment): CancelResult {
    const work = this.works.get(fulfillmentOrderId);
    if (work === undefined || work.status === 'STOPPED') return { outcome: 'CANCELLED' };
    // Who says that nothing more leaves has told all that left before.
    if (work.untold > 0) throw this.line.busy('cancel', 'has yet to tell what left');
    if (work.status === 'PACKED' || work.status === 'SHIPPED') {
      this.world.count('WMS cancel too late');
      return { outcome: 'REFUSED', reason: 'it is packed already' };
    }
    if (work.status === 'PICKED' || work.status === 'STANDS')
      for (const { lineId, quantity } of this.left(work)) this.move(skuOf(work, lineId), work.node, quantity);
    work.status = 'STOPPED';
    this.world.note(`WMS stopped ${fulfillmentOrderId}`);
    return { outcome: 'CANCELLED' };
  }

  private pick(work: Work): void {
    if (work.status !== 'WAITING') return;
    const { random } = this.world.scheduler;
    for (const { lineId, sku, quantity } of work.lines) {
      const there = this.shelves.get(`${sku}@${work.node}`) ?? 0;
      const isLost = random.chance(this.world.plan.shortPicks);
      const taken = Math.min(there, quantity);
      const lost = isLost ? Math.min(taken, random.int(1, SHORT_UNITS_MAX + 1)) : 0;
      const missing = quantity - taken + lost;
      this.move(sku, work.node, -taken);
      if (missing === 0) continue;
      work.short.set(lineId, missing);
      this.world.count('WMS short pick');
    }
    const short = [...work.short].map(([lineId, quantity]) => ({ lineId, quantity }));
    const { fulfillmentOrderId } = work;
    if (short.length > 0)
      this.tell({ ...this.head(), kind: 'SHORT_PICKED', fulfillmentOrderId, lines: short, reason: 'not found' });
    const lines = this.left(work);
    if (lines.length === 0) {
      work.status = 'SHIPPED';
      return;
    }
    work.status = 'PICKED';
    this.tell({ ...this.head(), kind: 'PICKED', fulfillmentOrderId, lines });
    this.next(() => this.pack(work));
  }

  private pack(work: Work): void {
    if (work.status !== 'PICKED') return;
    work.status = 'PACKED';
    const { fulfillmentOrderId } = work;
    this.tell({ ...this.head(), kind: 'PACKED', fulfillmentOrderId, lines: this.left(work) });
    this.next(() => this.ship(work));
  }

  private ship(work: Work): void {
    const { random } = this.world.scheduler;
    const all = this.left(work);
    const [first, ...others] = all;
    if (first === undefined || work.status !== 'PACKED') return;
    if (random.chance(this.world.plan.carrierRefusals)) {
      work.status = 'STANDS';
      this.world.count('carrier refused a parcel');
      const { fulfillmentOrderId } = work;
      this.tell({ ...this.head(), kind: 'CARRIER_REFUSED', fulfillmentOrderId, reason: 'no such street' });
      return;
    }
    const isPart = others.length > 0 && random.chance(SECOND_SHIPMENT);
    const lines = isPart ? [first] : all;
    work.shipments += 1;
    const reference = `${work.reference}-${work.shipments}`;
    for (const { lineId, quantity } of lines) {
      work.shipped.set(lineId, (work.shipped.get(lineId) ?? 0) + quantity);
    }
    this.world.note(`WMS shipped ${reference}`);
    const packages = splitPackages(lines, random.chance(SECOND_SHIPMENT)).map((items, index) => ({
      reference: `P-${reference}-${index + 1}`,
      carrier: 'DHL',
      trackingNumber: `T-${reference}-${index + 1}`,
      items: items.map((units) => ({ ...units, serials: [] })),
    }));
    const { fulfillmentOrderId } = work;
    this.tell({ ...this.head(), kind: 'SHIPPED', fulfillmentOrderId, shipmentReference: reference, packages });
    if (isPart) this.next(() => this.ship(work));
    else work.status = 'SHIPPED';
  }

  /** Units that are truly there, picked ones too. */
  unitsAt(sku: string, node: string): number {
    let units = this.shelves.get(`${sku}@${node}`) ?? 0;
    for (const work of this.works.values()) {
      if (work.node !== node || !INSIDE.has(work.status)) continue;
      for (const { lineId, quantity } of this.left(work)) if (skuOf(work, lineId) === sku) units += quantity;
    }
    return units;
  }

  private move(sku: string, node: string, units: number): void {
    const at = `${sku}@${node}`;
    this.shelves.set(at, (this.shelves.get(at) ?? 0) + units);
  }

  private left(work: Work): readonly WmsLineUnits[] {
    return work.lines.flatMap(({ lineId, quantity }) => {
      const left = quantity - (work.short.get(lineId) ?? 0) - (work.shipped.get(lineId) ?? 0);
      return left > 0 ? [{ lineId, quantity: left }] : [];
    });
  }

  private head(): { readonly id: string; readonly occurredAt: string } {
    this.events += 1;
    return { id: `e-${this.events}`, occurredAt: this.world.scheduler.now };
  }

  private tell(fact: WmsFact): void {
    const work = 'fulfillmentOrderId' in fact ? this.works.get(fact.fulfillmentOrderId) : undefined;
    if (work !== undefined) work.untold += 1;
    let isTaken = false;
    this.world.deliver(`WMS ${fact.kind} ${fact.id}`, async (hub) => {
      await hub.inbound.receive(this.system, [fact]);
      if (work !== undefined && !isTaken) work.untold -= 1;
      isTaken = true;
    });
  }

  private next(step: () => void): void {
    this.world.later(this.world.scheduler.random.int(1_000, STEP_MS_MAX), step);
  }
}

function skuOf(work: Work, lineId: string): string {
  return work.lines.find((line) => line.lineId === lineId)?.sku ?? '';
}

function splitPackages(lines: readonly WmsLineUnits[], isSplit: boolean): readonly (readonly WmsLineUnits[])[] {
  return isSplit && lines.length > 1 ? [lines.slice(0, 1), lines.slice(1)] : [lines];
}
