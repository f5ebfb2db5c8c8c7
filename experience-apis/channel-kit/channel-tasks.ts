import type { Order, Package, Shipment } from '../../src/model/order.js';
import { inTask, type TaskQueue, type TaskResult, type TaskRun } from '../../src/platform/jobs/index.js';
import type { Catalog } from '../../process-apis/catalog/index.js';
import {
  failed,
  loadOrders,
  mayExist,
  submitResult,
  type LoadedOrder,
  type OrderLookup,
} from '../../process-apis/fulfillment/index.js';
import { waitKeys, type OrderCommit, type OrderTaskOf } from '../../process-apis/orders/index.js';
import type { Publishing } from '../../process-apis/publishing/index.js';
import type { ChannelConnectors } from './channel-connectors.js';
import { ChannelQuantities } from './channel-quantities.js';
import type { ConfirmPackage } from './channel.port.js';

type Payload = OrderTaskOf<'channel.confirm-package'>['payload'];

const DONE: TaskResult = { outcome: 'DONE' };
/** Hexadecimal. Packages of one order do not meet in so many by chance. */
const PACKAGE_NUMBER_DIGITS = 8;

/** What processes ask of channels, done by the connector of each channel's kind. */
export class ChannelTasks {
  constructor(
    private readonly connectors: ChannelConnectors,
    private readonly catalog: Catalog,
    private readonly orders: OrderCommit,
    private readonly lookup: OrderLookup,
  ) {}

  register(queue: TaskQueue, publishing: Publishing): void {
    queue.register('channel.confirm-package', (tasks) => this.confirmAll(tasks), { tier: 2 });
    publishing.register(new ChannelQuantities(this.connectors, this.catalog));
  }

  private async confirmAll(tasks: readonly TaskRun[]): Promise<readonly TaskResult[]> {
    const orders = await loadOrders(
      this.lookup,
      tasks.map((task) => (task.payload as Payload).orderId),
    );
    return Promise.all(
      tasks.map((task) => {
        const loaded = orders.get((task.payload as Payload).orderId);
        return loaded === undefined
          ? Promise.resolve<TaskResult>({ outcome: 'DEAD', error: 'there is no such order' })
          : inTask(task, () => this.confirm(task, loaded));
      }),
    );
  }

  private async confirm(task: TaskRun, { order, parties }: LoadedOrder): Promise<TaskResult> {
    const { shipmentId, packageId } = task.payload as Payload;
    const shipment = order.shipments.find((candidate) => candidate.id === shipmentId);
    const parcel = shipment?.packages.find((candidate) => candidate.id === packageId);
    if (shipment === undefined || parcel === undefined) return { outcome: 'DEAD', error: 'there is no such package' };
    if (parcel.channelConfirmedAt !== undefined) return DONE;
    try {
      const account = await this.catalog.account(order.channel);
      if (account === undefined) throw new Error(`the channel account "${order.channel}" is not active`);
      const connector = this.connectors.of(account.kind);
      const command = toConfirmPackage(order, shipment, parcel, mayExist(task));
      const answer = await connector.confirmPackage?.(account, command);
      const body = { kind: 'ChannelShipmentConfirmed', shipmentId, packageId, ...answer } as const;
      await submitResult(this.orders, order.channel, order.id, task.key, body);
      return DONE;
    } catch (error) {
      const waitKey = waitKeys.package(packageId);
      const subject = { orderId: order.id, parties, waitKey, system: 'CHANNEL', operation: task.kind } as const;
      return failed(this.orders, task, subject, error);
    }
  }
}

/** Of the package's id, and not its place in the order: warehouses may tell shipments again in another sequence. */
function packageNumber(packageId: string): number {
  return Number.parseInt(packageId.slice(-PACKAGE_NUMBER_DIGITS), 16) || 1;
}

function toConfirmPackage(order: Order, shipment: Shipment, parcel: Package, repeated: boolean): ConfirmPackage {
  const references = new Map(order.lines.map((line) => [line.id, line.lineReference]));
  return {
    idempotencyKey: parcel.id,
    orderReference: order.reference,
    packageNumber: packageNumber(parcel.id),
    carrier: parcel.carrier,
    trackingNumber: parcel.trackingNumber,
    shippedAt: shipment.shippedAt,
    items: parcel.items.map(({ lineId, quantity, serials }) => ({
      lineReference: references.get(lineId) ?? '',
      quantity,
      serials,
    })),
    mayExist: repeated,
    attributes: order.attributes,
    ...(parcel.service === undefined ? {} : { service: parcel.service }),
    ...(parcel.trackingUrl === undefined ? {} : { trackingUrl: parcel.trackingUrl }),
  };
}
