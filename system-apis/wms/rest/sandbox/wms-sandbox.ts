import type { WireEvent } from '../wms-rest-event.wire.js';
import { POSITIONS_MAX, type WireStockPosition } from '../wms-rest-stock.wire.js';
import type { WireReleaseStatus } from '../wms-rest-release.wire.js';
import { Clock } from './clock.js';
import { EventCourier } from './event-courier.js';
import { Faults, type Fault } from './faults.js';
import { nextStep, viewOf, type Shipped, type StepKind } from './held-release.js';
import { memoryJournal, type Journal } from './journal.js';
import { Ledger } from './ledger.js';
import { DEMO_VARIATION, type Variation } from './plan.js';
import { ReleaseDesk } from './release-desk.js';
import type { OpeningStock, UnitFactors } from './stock-book.js';
import { StockReadings } from './stock-readings.js';
import { StockTeller, type NewStockEvent, type StockTold } from './stock-teller.js';
import { Workers } from './workers.js';
import { wmsServer } from './wms-server.js';

export type { NewStockEvent, OpeningStock, StockTold, UnitFactors };

export interface WmsSandboxOptions {
  /** Absent or 0: a free port. */
  readonly port?: number;
  readonly host?: '127.0.0.1';
  readonly journal?: Journal;
  /** The bearer token that the hub must show. */
  readonly token: string;
  /** The `whsec_` secret that events are signed with. */
  readonly webhookSecret: string;
  /** The hub's base URL; may come later by `setHub`. */
  readonly hub?: string;
  /** Time before each step of a release. */
  readonly pickMs?: number;
  readonly packMs?: number;
  readonly shipMs?: number;
  /** How long events are collected before a message leaves. */
  readonly flushMs?: number;
  readonly variation?: Partial<Variation>;
  /** Nodes that are worked here; absent: each. */
  readonly nodes?: readonly string[];
  /** Items that are not kept here: their releases are rejected. */
  readonly unknownSkus?: readonly string[];
  /** Items whose units have serial numbers. */
  readonly serialSkus?: readonly string[];
  /** What is there at the beginning; not looked at when the journal has a beginning already. */
  readonly openingStock?: readonly OpeningStock[];
  readonly unitFactors?: UnitFactors;
  /** Positions on a page of a snapshot; 500 when absent. */
  readonly positionsPerPage?: number;
}

export interface WmsSandbox {
  readonly url: string;
  close(): Promise<void>;
  setHub(url: string): void;
  /** Units came in: tells `stock.received`. Document, item and node make the event's id, once for ever. */
  receiveStock(stock: StockTold): void;
  /** Units were counted: tells `stock.counted`. */
  countStock(stock: StockTold): void;
  /** Books and tells a stock event of any type, with the node's next sequence. A known id changes nothing. */
  tellStock(event: NewStockEvent): void;
  /** The next so many stock events are booked and numbered, and the hub is never told: a gap. */
  dropStockEvents(count: number): void;
  /** What is there, and the last number that a stock event had. */
  stock(node: string): { readonly positions: readonly WireStockPosition[]; readonly sequence: number };
  failNext(fault: Fault): void;
  /** Forgets the faults that have not hit yet. */
  clearFaults(): void;
  /** The API breaks each connection; events still leave. */
  setDown(down: boolean): void;
  /** Each event is told again, after its first telling was answered and out of order. */
  duplicateEvents(on: boolean): void;
  /** Work on releases stands still; the API and the events under way do not. */
  pause(): void;
  resume(): void;
  /** Works a release on to this step at once, also while paused. */
  workUntil(fulfillmentOrderId: string, step: StepKind): void;
  /** The carrier will not take the parcels of a release: tells it, and the work stands still. It can be cancelled then, also when packed. */
  carrierRefuses(fulfillmentOrderId: string, reason: string): void;
  /** The carrier takes them after all: the work goes on. */
  carrierTakes(fulfillmentOrderId: string): void;
  releases(): readonly WireReleaseStatus[];
  release(fulfillmentOrderId: string): WireReleaseStatus | undefined;
  /** How often a release was asked for with this id, since the start. */
  releaseCalls(fulfillmentOrderId: string): number;
  shipments(): readonly Shipped[];
  /** Events that the hub has not answered for yet. */
  untoldEvents(): number;
  /** Events that the hub refused as not in the contract. */
  setAsideEvents(): readonly WireEvent[];
}

/**
 * A warehouse that speaks the hub's published contract. What it accepted, did and has not told yet is in the journal:
 * started again with the same journal it goes on where it was.
 */
export async function startWmsSandbox(options: WmsSandboxOptions): Promise<WmsSandbox> {
  const ledger = new Ledger(options.journal ?? memoryJournal(), new Set(options.serialSkus ?? []), options.unitFactors);
  const { openingStock } = options;
  if (openingStock !== undefined && !ledger.isOpened) ledger.record({ t: 'opening', stock: openingStock });
  const clock = new Clock();
  const courier = courierOf(ledger, options);
  const delays = { pick: options.pickMs ?? 800, pack: options.packMs ?? 800, ship: options.shipMs ?? 800 };
  const workers = new Workers(ledger, delays, clock, (events) => courier.add(events));
  const desk = deskOf(ledger, options, (id) => workers.plan(id));
  const faults = new Faults();
  const teller = new StockTeller(ledger, clock, (events) => courier.add(events));
  const readings = new StockReadings(ledger, clock, options.positionsPerPage ?? POSITIONS_MAX);
  const nodes = options.nodes === undefined ? undefined : new Set(options.nodes);
  const server = wmsServer({ token: options.token, ledger, desk, faults, readings, nodes });
  const url = await server.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });

  courier.add(ledger.untold());
  if (options.hub !== undefined) courier.setHub(options.hub);
  for (const held of ledger.heldReleases()) if (nextStep(held) !== undefined) workers.plan(held.accepted.id);

  return {
    url,
    close: async () => {
      workers.close();
      courier.close();
      await server.close();
    },
    setHub: (hub) => courier.setHub(hub),
    receiveStock: (stock) => teller.tell({ type: 'stock.received', ...stock }),
    countStock: (stock) => teller.tell({ type: 'stock.counted', ...stock }),
    tellStock: (event) => teller.tell(event),
    dropStockEvents: (count) => teller.dropNext(count),
    stock: (node) => ledger.stockOf(node),
    failNext: (fault) => faults.failNext(fault),
    clearFaults: () => faults.clear(),
    setDown: (down) => faults.setDown(down),
    duplicateEvents: (on) => courier.duplicateEvents(on),
    pause: () => workers.pause(),
    resume: () => workers.resume(),
    workUntil: (id, step) => workers.workUntil(id, step),
    carrierRefuses: (id, reason) => workers.carrierRefuses(id, reason),
    carrierTakes: (id) => workers.carrierTakes(id),
    releases: () => ledger.heldReleases().map(viewOf),
    release: (id) => {
      const held = ledger.heldRelease(id);
      return held === undefined ? undefined : viewOf(held);
    },
    releaseCalls: (id) => desk.callsOf(id),
    shipments: () => ledger.shipments(),
    untoldEvents: () => ledger.untoldCount(),
    setAsideEvents: () => ledger.setAside(),
  };
}

function courierOf(ledger: Ledger, options: WmsSandboxOptions): EventCourier {
  const answered = (t: 'told' | 'setAside') => (events: readonly string[]) => {
    if (events.length > 0) ledger.record({ t, events });
  };
  return new EventCourier({
    webhookSecret: options.webhookSecret,
    flushMs: options.flushMs ?? 5,
    onTold: answered('told'),
    onSetAside: answered('setAside'),
  });
}

function deskOf(ledger: Ledger, options: WmsSandboxOptions, onAccepted: (id: string) => void): ReleaseDesk {
  const rules = {
    variation: { ...DEMO_VARIATION, ...options.variation },
    unknownSkus: new Set(options.unknownSkus ?? []),
    ...(options.nodes === undefined ? {} : { nodes: new Set(options.nodes) }),
  };
  return new ReleaseDesk(ledger, rules, onAccepted);
}
