import { Injectable } from '@nestjs/common';
import type { ConfirmPackage, PackageConfirmation } from '../channel-kit/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { afterEffect, kindOf, OutsideError } from '../../src/platform/outside/outside-error.js';
import { planFulfillments, subtractUnits, sumUnits, type Units } from './fulfillment-plan.js';
import {
  FULFILLMENT_CREATE,
  FULFILLMENT_LINES,
  FULFILLMENT_ORDER_LINES,
  FULFILLMENT_ORDERS,
  FULFILLMENTS,
  type FulfillmentInput,
  type WireFulfillmentOrder,
} from './shopify-admin.wire.js';
import { contractError, SYSTEM, userError } from './shopify-errors.js';
import { fromGid, toGid } from './shopify-ids.js';
import { ShopifyClient } from './shopify.client.js';
import { shopifySettings } from './shopify.settings.js';

/** Pages of one list that are read at most: 5 fulfillment orders or 50 lines a page are far beyond any real order. */
const PAGES_MAX = 40;
const CREATE = FULFILLMENT_CREATE.name;

/** Tells Shopify that a package left, as one fulfillment per location that Shopify had planned the units for. */
@Injectable()
export class ShopifyFulfillments {
  constructor(private readonly client: ShopifyClient) {}

  /**
   * Idempotent: with `mayExist`, units that a live fulfillment with this tracking number already holds are not sent again.
   * A shop that cancelled the order after its goods had left has nothing open to fulfil: it wants no confirmation.
   * @returns the id of the (last) fulfillment
   */
  async confirm(account: ChannelAccount, command: ConfirmPackage): Promise<PackageConfirmation> {
    const wanted = sumUnits(command.items);
    const found = command.mayExist ? await this.findByTracking(account, command) : { units: sumUnits([]) };
    const open = subtractUnits(wanted, found.units);
    if (open.size === 0 && found.id !== undefined) return { channelReference: found.id };
    const plan = planFulfillments(await this.fulfillmentOrders(account, command.orderReference), open);
    if (plan.missing.size > 0) return this.unlessCancelled(account, command, nothingLeft(command, plan.missing));
    const [first, ...others] = plan.fulfillments;
    let last = found.id;
    if (first !== undefined)
      try {
        last = await this.create(account, command, first);
      } catch (error) {
        // Cancelled since its fulfillment orders were read.
        if (kindOf(error) === 'rejected') return this.unlessCancelled(account, command, error);
        throw error;
      }
    for (const lines of others) last = await afterEffect(() => this.create(account, command, lines));
    if (last === undefined) throw contractError(CREATE, 'the package holds no units');
    return { channelReference: last };
  }

  /** @throws the refusal, where the shop did not cancel the order. */
  private async unlessCancelled(
    account: ChannelAccount,
    command: ConfirmPackage,
    refusal: unknown,
  ): Promise<PackageConfirmation> {
    const { order } = await this.client.run(account, FULFILLMENTS, { order: toGid('Order', command.orderReference) });
    if (typeof order?.cancelledAt === 'string') return { notWanted: 'the shop cancelled the order' };
    throw refusal;
  }

  private async create(
    account: ChannelAccount,
    command: ConfirmPackage,
    lines: FulfillmentInput['lineItemsByFulfillmentOrder'],
  ): Promise<string> {
    const settings = shopifySettings(account);
    const fulfillment: FulfillmentInput = {
      lineItemsByFulfillmentOrder: lines,
      notifyCustomer: settings.notifyCustomer,
      trackingInfo: {
        company: settings.carrierNames[command.carrier] ?? command.carrier,
        number: command.trackingNumber,
        ...(command.trackingUrl === undefined ? {} : { url: command.trackingUrl }),
      },
    };
    const { fulfillmentCreate: result } = await this.client.run(account, FULFILLMENT_CREATE, { fulfillment });
    if (result.userErrors.length > 0) throw userError(CREATE, result.userErrors);
    if (result.fulfillment === null) throw contractError(CREATE, 'neither a fulfillment nor an error came back');
    return fromGid(result.fulfillment.id);
  }

  /** Units of the order's live fulfillments with the package's tracking number. */
  private async findByTracking(
    account: ChannelAccount,
    command: ConfirmPackage,
  ): Promise<{ readonly id?: string; readonly units: Units }> {
    const order = toGid('Order', command.orderReference);
    const data = await this.client.run(account, FULFILLMENTS, { order });
    if (data.order === null) throw orderNotFound(command.orderReference, FULFILLMENTS.name);
    const matches = data.order.fulfillments.filter(
      ({ status, trackingInfo }) =>
        !['CANCELLED', 'ERROR', 'FAILURE'].includes(status) &&
        trackingInfo.some(({ number }) => number === command.trackingNumber),
    );
    const lines: { lineReference: string; quantity: number }[] = [];
    for (const { id } of matches) lines.push(...(await this.fulfillmentLines(account, id)));
    const last = matches.at(-1);
    return { units: sumUnits(lines), ...(last === undefined ? {} : { id: fromGid(last.id) }) };
  }

  private async fulfillmentLines(
    account: ChannelAccount,
    id: string,
  ): Promise<readonly { lineReference: string; quantity: number }[]> {
    return readPages(FULFILLMENT_LINES.name, async (after) => {
      const data = await this.client.run(account, FULFILLMENT_LINES, { id, after });
      if (data.fulfillment === null) throw contractError(FULFILLMENT_LINES.name, 'the fulfillment is gone');
      const { nodes, pageInfo } = data.fulfillment.fulfillmentLineItems;
      return { pageInfo, nodes: nodes.map((node) => ({ lineReference: fromGid(node.lineItem.id), ...node })) };
    });
  }

  private async fulfillmentOrders(
    account: ChannelAccount,
    orderReference: string,
  ): Promise<readonly WireFulfillmentOrder[]> {
    const orders = await readPages(FULFILLMENT_ORDERS.name, async (after) => {
      const data = await this.client.run(account, FULFILLMENT_ORDERS, { order: toGid('Order', orderReference), after });
      if (data.order === null) throw orderNotFound(orderReference, FULFILLMENT_ORDERS.name);
      return data.order.fulfillmentOrders;
    });
    return Promise.all(orders.map((order) => this.withAllLines(account, order)));
  }

  /** The first page of lines came with the fulfillment order; long ones need more. */
  private async withAllLines(account: ChannelAccount, order: WireFulfillmentOrder): Promise<WireFulfillmentOrder> {
    const { pageInfo, nodes } = order.lineItems;
    if (!pageInfo.hasNextPage) return order;
    const more = await readPages(
      FULFILLMENT_ORDER_LINES.name,
      async (linesAfter) => {
        const data = await this.client.run(account, FULFILLMENT_ORDER_LINES, { id: order.id, linesAfter });
        if (data.fulfillmentOrder === null)
          throw contractError(FULFILLMENT_ORDER_LINES.name, 'the fulfillment order is gone');
        return data.fulfillmentOrder.lineItems;
      },
      pageInfo.endCursor ?? null,
    );
    return { ...order, lineItems: { pageInfo, nodes: [...nodes, ...more] } };
  }
}

interface Page<T> {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
  readonly nodes: readonly T[];
}

async function readPages<T>(
  operation: string,
  read: (after: string | null) => Promise<Page<T>>,
  start: string | null = null,
): Promise<readonly T[]> {
  const all: T[] = [];
  let after = start;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { pageInfo, nodes } = await read(after);
    all.push(...nodes);
    if (!pageInfo.hasNextPage) return all;
    after = pageInfo.endCursor ?? null;
  }
  throw contractError(operation, `the list has more than ${PAGES_MAX} pages`);
}

function nothingLeft(command: ConfirmPackage, missing: Units): OutsideError {
  const lines = [...missing].map(([line, units]) => `${units} of line ${line}`).join(', ');
  return new OutsideError(
    'rejected',
    `Shopify has no open fulfillment order for ${lines} of order ${command.orderReference}: fulfilled elsewhere, cancelled or on hold`,
    { system: SYSTEM, operation: CREATE, reason: 'NOT_OPEN' },
  );
}

function orderNotFound(reference: string, operation: string): OutsideError {
  return new OutsideError('rejected', `Shopify has no order ${reference}`, {
    system: SYSTEM,
    operation,
    reason: 'ORDER_MISSING',
  });
}
