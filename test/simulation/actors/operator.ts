import type { OrderFactBody } from '../../../process-apis/orders/index.js';
import { categoryDefinition, type ExceptionAction, type ExceptionCategory } from '../../../src/model/exception.js';
import type { Row } from '../memory/database.js';
import type { HubDoors, SimWorld } from '../sim-world.js';

const BY = 'person:ops';
const LOOKS_MS_MAX = 2 * 3_600_000;
const LOOKS_SOON_MS_MAX = 900_000;
/** Each time that a person has tried so often, they cancel what can be cancelled. */
const PATIENCE = 4;
const BOUGHT_UNITS = 12;

interface Standing {
  readonly id: string;
  readonly category: ExceptionCategory;
  readonly subject: {
    readonly orderId?: string;
    readonly channel?: string;
    readonly listingSku?: string;
    readonly sku?: string;
    readonly holdId?: string;
    readonly fulfillmentOrderId?: string;
    readonly messageId?: string;
  };
}

/** People who look at the open exceptions now and then, and do what the exceptions say can be done. Nothing else. */
export class OperatorActor {
  private readonly tries = new Map<string, number>();
  private actions = 0;

  constructor(private readonly world: SimWorld) {}

  start(): void {
    const { scheduler, hasFaults } = this.world;
    this.world.later(scheduler.random.int(1_000, hasFaults ? LOOKS_MS_MAX : LOOKS_SOON_MS_MAX), () => {
      this.look();
      this.start();
    });
  }

  private look(): void {
    const { random } = this.world.scheduler;
    for (const row of this.world.database.rows('exception')) {
      if (row['status'] !== 'OPEN') continue;
      // While the world is bad, people do not get to everything.
      if (this.world.hasFaults && random.chance(0.5)) continue;
      this.solve(row as Row & Standing);
    }
  }

  private solve(standing: Standing): void {
    const tried = (this.tries.get(standing.id) ?? 0) + 1;
    this.tries.set(standing.id, tried);
    const { actions } = categoryDefinition(standing.category);
    const wanted = actions.filter((action) => action !== 'HOLD' && action !== 'IGNORE' && action !== 'CANCEL');
    const mayCancel = actions.includes('CANCEL');
    // What cannot be cancelled any more is mended, however long it takes; what nothing can be done about is put aside.
    const gaveUp = tried % PATIENCE === 0;
    if (wanted.length === 0 && !mayCancel) {
      this.act('IGNORE', standing);
      return;
    }
    const action = mayCancel && (gaveUp || wanted.length === 0) ? 'CANCEL' : this.world.scheduler.random.pick(wanted);
    this.world.count(`person: ${action}`);
    this.act(action, standing);
  }

  private act(action: ExceptionAction, standing: Standing): void {
    const { id, subject } = standing;
    const { channel = '', listingSku = '', sku, messageId } = subject;
    switch (action) {
      case 'MAP_SKU':
        this.do(id, (hub) =>
          hub.catalog.saveListings([{ channel, listingSku, sku: this.world.skus[0] ?? '', listingKeys: {} }]),
        );
        return;
      case 'REPROCESS_MESSAGE':
        if (messageId !== undefined) this.do(id, (hub) => hub.messages.reprocess(messageId));
        return;
      case 'RE_SOURCE':
        // Whoever looks for another node, and finds none, buys.
        if (sku !== undefined) this.world.warehouse.receive(sku, this.world.nodes[0] ?? '', BOUGHT_UNITS);
        this.tell(standing, {
          kind: 'ReSourceRequested',
          by: BY,
          reason: 'it must go out',
          ...(subject.fulfillmentOrderId === undefined ? {} : { fulfillmentOrderId: subject.fulfillmentOrderId }),
        });
        return;
      case 'IGNORE':
        this.do(id, (hub) => hub.ignore(id, BY));
        return;
      default: {
        const body = this.bodyFor(action, standing);
        if (body !== undefined) this.tell(standing, body);
      }
    }
  }

  private bodyFor(action: ExceptionAction, { subject }: Standing): OrderFactBody | undefined {
    const { holdId } = subject;
    switch (action) {
      case 'RETRY':
        return { kind: 'RetryRequested' };
      case 'CANCEL':
        return { kind: 'CancellationRequested', by: 'OPERATOR', reason: 'it cannot be mended' };
      case 'CORRECT_ADDRESS':
        return {
          kind: 'AddressCorrected',
          by: BY,
          shipTo: { name: 'Ada Lovelace', line1: `Mended street ${this.actions}`, city: 'Berlin', country: 'DE' },
        };
      case 'CORRECT_SHIP_METHOD':
        return { kind: 'ShipMethodCorrected', by: BY, shipMethod: 'express' };
      case 'ACCEPT_PRICE':
      case 'RELEASE_HOLD':
        return holdId === undefined ? undefined : { kind: 'HoldReleased', holdId, by: BY, reason: 'looked at' };
      default:
        return undefined;
    }
  }

  private tell({ id, subject }: Standing, body: OrderFactBody): void {
    const { orderId } = subject;
    if (orderId === undefined) return;
    const factId = `operator/${(this.actions += 1)}`;
    const occurredAt = this.world.scheduler.now;
    const address = { by: 'ID', orderId } as const;
    this.do(id, (hub) => hub.orders.submit([{ id: factId, source: 'operator', occurredAt, address, body }]));
  }

  private do(id: string, work: (hub: HubDoors) => Promise<unknown>): void {
    this.world.deliver(`person at ${id}`, work);
  }
}
