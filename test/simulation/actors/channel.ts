import type {
  ChannelConnector,
  ConfirmPackage,
  PackageConfirmation,
} from '../../../experience-apis/channel-kit/index.js';
import type { ChannelAccount } from '../../../src/model/channel.js';
import type { ChannelFact, ChannelOrder, ChannelOrderLine, Interpretation } from '../../../src/model/channel-order.js';
import { OutsideLine } from '../outside-line.js';
import type { SimChannel, SimWorld } from '../sim-world.js';

export const CHANNEL_KIND = 'simulated';
const LINES_MAX = 3;
const UNITS_MAX = 4;
const CHANGE_AFTER_MS_MAX = 5 * 3_600_000;
const PRICES = [499, 1_250, 2_000] as const;
const GARBAGE = ['', '{', 'null', '[]', '{"kind":"ORDER"}', '\u0000', '{"kind":"ORDER","order":{"lines":7}}'] as const;

interface Placed {
  order: ChannelOrder;
  versions: number;
  isAcknowledged: boolean;
  refunds: number;
}

/** A marketplace: sells, changes its mind, asks for cancellations, and wants to hear of every package once. */
export class ChannelActor implements SimChannel {
  readonly placed = new Map<string, Placed>();
  /** Packages that it shows, by the hub's key. */
  readonly shown = new Map<string, Pick<ConfirmPackage, 'orderReference' | 'items'>>();
  readonly account: ChannelAccount;
  private readonly line: OutsideLine;
  private messages = 0;

  constructor(
    private readonly world: SimWorld,
    readonly id: string,
    ordering: Readonly<Record<string, unknown>>,
    private readonly listings: readonly string[],
    private readonly unmapped: readonly string[],
  ) {
    this.account = { id, kind: CHANNEL_KIND, name: id, active: true, settings: { ordering } };
    this.line = new OutsideLine(world, `channel ${id}`);
  }

  /** Sells one order now, and may change or cancel it later. */
  sell(): void {
    const { scheduler, plan } = this.world;
    const { random } = scheduler;
    const reference = `${this.id}-${this.placed.size + 1}`;
    const lines = Array.from({ length: random.int(1, LINES_MAX + 1) }, (_, index) => this.newLine(index + 1));
    const order: ChannelOrder = {
      channel: this.id,
      reference,
      version: scheduler.now,
      placedAt: scheduler.now,
      currency: 'EUR',
      cancelled: false,
      shipMethod: 'standard',
      lines,
      charges: [],
      grandTotal: { minor: totalOf(lines), currency: 'EUR' },
      parties: { shipTo: { name: 'Ada Lovelace', line1: `Street ${this.placed.size}`, city: 'Berlin', country: 'DE' } },
      attributes: {},
      ...this.holds(),
    };
    const placed: Placed = { order, versions: 1, isAcknowledged: false, refunds: 0 };
    this.placed.set(reference, placed);
    this.tellOrder(placed);
    if (random.chance(plan.amendments)) this.afterAWhile(() => this.amend(placed));
    if (random.chance(plan.addressChanges)) this.afterAWhile(() => this.move(placed));
    if (random.chance(plan.cancellations)) this.afterAWhile(() => this.cancel(placed));
    if (random.chance(plan.cancellations)) this.afterAWhile(() => this.refund(placed));
    if (random.chance(plan.amendments / 4)) this.afterAWhile(() => this.shipByHand(placed));
  }

  /** What the hub's process has to talk to this channel. */
  connector(): ChannelConnector {
    return {
      kind: CHANNEL_KIND,
      interpret: (account, _topic, body) => interpret(account, body),
      confirmPackage: (account, command) => this.world.channel(account.id).confirm(command),
    };
  }

  confirm(command: ConfirmPackage): Promise<PackageConfirmation> {
    return this.line.call('confirmPackage', () => {
      const { idempotencyKey, orderReference, items, mayExist } = command;
      const known = this.shown.get(idempotencyKey);
      if (known !== undefined && mayExist) return { channelReference: `C-${idempotencyKey}` };
      // Who did not look: as at a shop, where a fulfillment order with nothing left to fulfil takes no second fulfillment.
      if (known !== undefined) throw this.line.refusal('confirmPackage', 'has nothing left to fulfil');
      if (this.world.scheduler.random.chance(this.world.plan.refused))
        throw this.line.refusal('confirmPackage', 'does not take the confirmation');
      this.shown.set(idempotencyKey, { orderReference, items });
      this.world.note(`${this.id} shows ${idempotencyKey}`);
      return { channelReference: `C-${idempotencyKey}` };
    });
  }

  /** Something that must be settled before the goods leave. */
  private holds(): Pick<ChannelOrder, 'holds'> {
    const { scheduler, plan } = this.world;
    if (!scheduler.random.chance(plan.holds)) return {};
    this.world.count('channel held an order');
    const kind = scheduler.random.pick(['FRAUD', 'PAYMENT'] as const);
    return { holds: [{ kind, reason: 'the channel says so' }] };
  }

  /** Someone shipped a unit on the channel's own page. */
  private shipByHand({ order }: Placed): void {
    const { scheduler } = this.world;
    const { lineReference } = scheduler.random.pick(order.lines);
    this.world.count('channel shows a fulfillment by hand');
    this.send({
      kind: 'FULFILLMENT_OBSERVED',
      reference: order.reference,
      fulfillmentId: `by-hand-${(this.messages += 1)}`,
      observedAt: scheduler.now,
      status: 'success',
      trackingNumbers: [`HAND-${this.messages}`],
      lines: [{ lineReference, quantity: 1 }],
    });
  }

  private newLine(number: number): ChannelOrderLine {
    const { scheduler, plan } = this.world;
    const { random } = scheduler;
    const listings = this.unmapped.length > 0 && random.chance(plan.unknownListings) ? this.unmapped : this.listings;
    return {
      lineReference: `line-${number}`,
      listingSku: random.pick(listings),
      title: 'a thing',
      quantity: random.int(1, UNITS_MAX + 1),
      fulfilledQuantity: 0,
      cancelledQuantity: 0,
      requiresShipping: true,
      unitPrice: { minor: random.pick(PRICES), currency: 'EUR' },
      charges: [],
    };
  }

  /** Fewer of a line, or one line more. */
  private amend(placed: Placed): void {
    const { random } = this.world.scheduler;
    const { lines } = placed.order;
    const isMore = random.chance(0.3);
    const at = random.int(0, lines.length);
    const changed = isMore
      ? [...lines, this.newLine(lines.length + 1)]
      : lines.map((line, index) =>
          index === at ? { ...line, cancelledQuantity: random.int(line.cancelledQuantity, line.quantity + 1) } : line,
        );
    this.world.count('channel amended an order');
    this.change(placed, { lines: changed, grandTotal: { minor: totalOf(changed), currency: 'EUR' } });
  }

  private move(placed: Placed): void {
    const { parties } = placed.order;
    this.world.count('channel changed an address');
    const shipTo = { ...parties.shipTo, line1: `Other street ${placed.versions}` };
    this.change(placed, { parties: { ...parties, shipTo } });
  }

  private change(placed: Placed, change: Partial<ChannelOrder>): void {
    placed.order = { ...placed.order, ...change, version: this.world.scheduler.now };
    placed.versions += 1;
    this.tellOrder(placed);
  }

  private cancel({ order }: Placed): void {
    const { random } = this.world.scheduler;
    const line = random.pick(order.lines);
    const isWhole = random.chance(0.5);
    this.world.count('channel asked for a cancellation');
    this.send({
      kind: 'CANCELLATION_REQUESTED',
      reference: order.reference,
      requestId: `cancel-${(this.messages += 1)}`,
      reason: 'the buyer changed their mind',
      ...(isWhole
        ? {}
        : { lines: [{ lineReference: line.lineReference, quantity: random.int(1, line.quantity + 1) }] }),
    });
  }

  private refund(placed: Placed): void {
    placed.refunds += 1;
    const { reference } = placed.order;
    const refundId = `refund-${placed.refunds}`;
    const amount = { minor: 100, currency: 'EUR' };
    this.send({ kind: 'REFUND_ISSUED', reference, refundId, issuedAt: this.world.scheduler.now, amount, lines: [] });
  }

  private tellOrder(placed: Placed): void {
    this.send({ kind: 'ORDER', order: placed.order }, placed);
  }

  /** Until it is acknowledged. */
  private send(fact: ChannelFact, placed?: Placed): void {
    const { scheduler, plan } = this.world;
    this.messages += 1;
    const body = Buffer.from(JSON.stringify(fact));
    const message = { account: this.account, topic: fact.kind, messageId: `m-${this.messages}`, body };
    if (scheduler.random.chance(plan.messageGarbage)) this.sendGarbage(message.messageId);
    this.world.deliver(`${this.id} ${fact.kind} ${message.messageId}`, async (hub) => {
      const { outcome, orders } = await hub.intake.receive(message);
      if (outcome === 'REFUSED' || outcome === 'IGNORED') throw new Error(`${message.messageId} was ${outcome}`);
      if (placed !== undefined && orders.every(({ orderId }) => orderId !== undefined)) placed.isAcknowledged = true;
    });
  }

  private sendGarbage(messageId: string): void {
    const body = Buffer.from(this.world.scheduler.random.pick(GARBAGE));
    this.world.count('channel sent garbage');
    const message = { account: this.account, topic: 'ORDER', messageId: `garbage-${messageId}`, body };
    this.world.deliver(`${this.id} garbage ${messageId}`, (hub) => hub.intake.receive(message));
  }

  private afterAWhile(run: () => void): void {
    this.world.later(this.world.scheduler.random.int(1_000, CHANGE_AFTER_MS_MAX), run);
  }
}

function totalOf(lines: readonly ChannelOrderLine[]): number {
  return lines.reduce(
    (sum, { unitPrice, quantity, cancelledQuantity }) => sum + unitPrice.minor * (quantity - cancelledQuantity),
    0,
  );
}

/** The channel's wire format is the fact itself; whatever else comes is refused. */
function interpret(account: ChannelAccount, body: Buffer): Interpretation {
  let fact: unknown;
  try {
    fact = JSON.parse(body.toString());
  } catch {
    return { outcome: 'REFUSED', reason: 'BODY_NOT_READABLE', detail: 'It is no JSON.' };
  }
  if (isFact(fact, account.id)) return { outcome: 'FACTS', facts: [fact] };
  return { outcome: 'REFUSED', reason: 'CONTRACT_MISMATCH', detail: 'It is none of the messages that were agreed on.' };
}

function isFact(value: unknown, channel: string): value is ChannelFact {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (value.kind !== 'ORDER') return 'reference' in value;
  if (!('order' in value) || typeof value.order !== 'object' || value.order === null) return false;
  return 'channel' in value.order && value.order.channel === channel;
}
