import { createHash } from 'node:crypto';
import type { WireTracker } from '../easypost.wire.js';
import { easyPostServer } from './easypost-server.js';
import { EventCourier } from './event-courier.js';
import { Faults, type Fault } from './faults.js';
import { memoryJournal, TrackerBook, viewOf, type Journal, type Parcel } from './tracker-book.js';

/** Shares of the parcels, from 0 to 1. */
export interface Journeys {
  /** Delivered at a second try. */
  readonly secondTries: number;
  /** Not delivered: comes back. */
  readonly returns: number;
}

export interface EasyPostSandboxOptions {
  /** Absent or 0: a free port. */
  readonly port?: number;
  readonly journal?: Journal;
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** The hub's base URL; may come later by `setHub`. */
  readonly hub?: string;
  /** Time between the scans of a parcel. */
  readonly stepMs?: number;
  readonly journeys?: Partial<Journeys>;
  /** Numbers that no carrier knows: their trackers are refused. */
  readonly unknownCodes?: readonly string[];
}

export interface EasyPostSandbox {
  readonly url: string;
  close(): Promise<void>;
  setHub(url: string): void;
  /** The trackers of a number. */
  trackers(trackingCode: string): readonly WireTracker[];
  /** A scan of the parcel, now: told to the hub. EasyPost's words, `delivered` for one. */
  scan(trackerId: string, status: string, detail?: string): void;
  deleteTracker(trackerId: string): void;
  failNext(fault: Fault): void;
  /** The API breaks each connection; events still leave. */
  setDown(down: boolean): void;
  /** Each call waits so long before it is looked at. */
  setDelay(delayMs: number): void;
  /** Parcels stand still. */
  pause(): void;
  resume(): void;
  /** Each event is told again after its first telling was answered. */
  duplicateEvents(on: boolean): void;
  /** Events that wait leave in reverse order. */
  reorderEvents(on: boolean): void;
  /** Events are lost on their way. */
  loseEvents(on: boolean): void;
  /** Events that the hub has not answered for yet. */
  untoldEvents(): number;
}

const STEP_MS = 1_500;
const DELIVERED = ['in_transit', 'out_for_delivery', 'delivered'] as const;
const SECOND_TRY = ['in_transit', 'out_for_delivery', 'failure', 'out_for_delivery', 'delivered'] as const;
const RETURNED = ['in_transit', 'out_for_delivery', 'failure', 'return_to_sender'] as const;
const DETAILS: Readonly<Record<string, string>> = {
  in_transit: 'arrived_at_facility',
  out_for_delivery: 'out_for_delivery',
  delivered: 'arrived_at_destination',
  failure: 'recipient_not_available',
  return_to_sender: 'return',
};

/**
 * EasyPost as far as it watches parcels. Each one is scanned step by step and told to the hub. All of it is in the journal: started again
 * with the same journal it goes on where it was.
 */
export async function startEasyPostSandbox(options: EasyPostSandboxOptions): Promise<EasyPostSandbox> {
  const book = new TrackerBook(options.journal ?? memoryJournal());
  const courier = new EventCourier(book, options.webhookSecret);
  const faults = new Faults();
  const journeys = { secondTries: 0, returns: 0, ...options.journeys };
  const rounds = new Rounds(book, courier, journeys, options.stepMs ?? STEP_MS);
  const server = easyPostServer({
    apiKey: options.apiKey,
    book,
    faults,
    unknownCodes: new Set(options.unknownCodes ?? []),
    onCreated: (parcel) => rounds.plan(parcel),
  });
  const url = await server.listen({ port: options.port ?? 0, host: '127.0.0.1' });
  for (const parcel of book.all()) {
    for (let scans = parcel.told + 1; scans <= parcel.scans.length; scans += 1) courier.add(parcel, scans);
    rounds.plan(parcel);
  }
  if (options.hub !== undefined) courier.setHub(options.hub);

  return {
    url,
    close: async () => {
      rounds.close();
      courier.close();
      await server.close();
    },
    setHub: (hub) => courier.setHub(hub),
    trackers: (code) => book.byCode(code).map((parcel) => viewOf(parcel)),
    scan: (id, status, detail) => rounds.scan(id, status, detail ?? DETAILS[status] ?? 'unknown'),
    deleteTracker: (id) => book.delete(id),
    failNext: (fault) => faults.failNext(fault),
    setDown: (down) => {
      faults.isDown = down;
    },
    setDelay: (delayMs) => {
      faults.delayMs = delayMs;
    },
    pause: () => rounds.pause(),
    resume: () => rounds.resume(),
    duplicateEvents: (on) => {
      courier.duplicating = on;
    },
    reorderEvents: (on) => {
      courier.reordering = on;
    },
    loseEvents: (on) => {
      courier.silent = on;
    },
    untoldEvents: () => courier.untold,
  };
}

/** Moves parcels along their journeys, one timer each. */
class Rounds {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private paused = false;

  constructor(
    private readonly book: TrackerBook,
    private readonly courier: EventCourier,
    private readonly journeys: Journeys,
    private readonly stepMs: number,
  ) {}

  plan(parcel: Parcel): void {
    if (this.paused || nextStep(parcel, this.journeys) === undefined) return;
    clearTimeout(this.timers.get(parcel.id));
    this.timers.set(
      parcel.id,
      setTimeout(() => this.due(parcel), this.stepMs),
    );
  }

  pause(): void {
    this.paused = true;
    this.close();
  }

  resume(): void {
    this.paused = false;
    for (const parcel of this.book.all()) this.plan(parcel);
  }

  scan(id: string, status: string, detail: string): void {
    const parcel = this.book.find(id);
    if (parcel === undefined) throw new Error(`there is no tracker ${id}`);
    this.book.scan(id, status, detail);
    this.courier.add(parcel, parcel.scans.length);
  }

  close(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private due(parcel: Parcel): void {
    this.timers.delete(parcel.id);
    const status = nextStep(parcel, this.journeys);
    if (status === undefined || this.book.find(parcel.id) === undefined) return;
    this.scan(parcel.id, status, DETAILS[status] ?? 'unknown');
    this.plan(parcel);
  }
}

/** How a parcel fares depends on its number and the shares alone. */
function nextStep({ code, scans }: Parcel, { secondTries, returns }: Journeys): string | undefined {
  const draw = createHash('sha256').update(code).digest().readUInt32BE(0) / 2 ** 32;
  if (draw < returns) return RETURNED[scans.length];
  return (draw < returns + secondTries ? SECOND_TRY : DELIVERED)[scans.length];
}
