import { OutsideError } from '../../src/platform/outside/outside-error.js';
import {
  PatchListingAnswerWire,
  ListingWire,
  type Listing,
  type PatchListingAnswer,
  type PatchListingRequest,
} from './amazon-listings.wire.js';
import type { ConfirmShipmentRequest } from './amazon-orders-v0.wire.js';
import { parseAnswer } from './amazon.answers.js';
import type { AmazonCalls } from './amazon.calls.js';
import type { AmazonFeedsClient } from './amazon.feeds-client.js';
import type { AmazonSettings } from './amazon.settings.js';
import { GetOrderAnswerWire, INCLUDED_DATA, RESULTS_PER_PAGE_MAX, SearchOrdersAnswerWire } from './amazon.wire.js';

export interface OrderSearch {
  /** Orders changed at or after this instant. */
  readonly lastUpdatedAfter: string;
  readonly paginationToken?: string;
  readonly maxResultsPerPage?: number;
}

export interface OrderPage {
  /** As Amazon sent them, unread. */
  readonly orders: readonly unknown[];
  readonly nextToken?: string;
  /** Everything that changed before this instant is in the answer's pages. */
  readonly lastUpdatedBefore?: string;
}

/** Orders and listings of one seller account. Throws OutsideError; does not retry. */
export class AmazonClient {
  constructor(
    private readonly settings: AmazonSettings,
    private readonly calls: AmazonCalls,
    readonly feeds: AmazonFeedsClient,
  ) {}

  async searchOrders(search: OrderSearch): Promise<OrderPage> {
    const answer = await this.calls.call({
      operation: 'searchOrders',
      method: 'GET',
      path: '/orders/2026-01-01/orders',
      query: {
        lastUpdatedAfter: search.lastUpdatedAfter,
        marketplaceIds: this.settings.marketplaceIds.join(','),
        includedData: INCLUDED_DATA.join(','),
        maxResultsPerPage: String(search.maxResultsPerPage ?? RESULTS_PER_PAGE_MAX),
        paginationToken: search.paginationToken,
      },
    });
    const { orders, pagination, lastUpdatedBefore } = parseAnswer('searchOrders', answer, SearchOrdersAnswerWire);
    return {
      orders,
      ...(pagination?.nextToken ? { nextToken: pagination.nextToken } : {}),
      ...(lastUpdatedBefore ? { lastUpdatedBefore } : {}),
    };
  }

  /** One order, as Amazon sent it, unread. */
  async getOrder(orderId: string): Promise<unknown> {
    const answer = await this.calls.call({
      operation: 'getOrder',
      method: 'GET',
      path: `/orders/2026-01-01/orders/${encodeURIComponent(orderId)}`,
      query: { includedData: INCLUDED_DATA.join(',') },
    });
    return parseAnswer('getOrder', answer, GetOrderAnswerWire).order;
  }

  async confirmShipment(orderId: string, request: ConfirmShipmentRequest): Promise<void> {
    await this.calls.call({
      operation: 'confirmShipment',
      method: 'POST',
      path: `/orders/v0/orders/${encodeURIComponent(orderId)}/shipmentConfirmation`,
      body: request,
    });
  }

  async patchListingsItem(
    sku: string,
    marketplaceIds: readonly string[],
    request: PatchListingRequest,
  ): Promise<PatchListingAnswer> {
    const seller = encodeURIComponent(this.settings.sellerId);
    const answer = await this.calls.call({
      operation: 'patchListingsItem',
      method: 'PATCH',
      path: `/listings/2021-08-01/items/${seller}/${encodeURIComponent(sku)}`,
      query: { marketplaceIds: marketplaceIds.join(',') },
      body: request,
    });
    return parseAnswer('patchListingsItem', answer, PatchListingAnswerWire);
  }

  /** The quantities of one listing; undefined where Amazon knows no such listing in these marketplaces. */
  async getListingsItem(sku: string, marketplaceIds: readonly string[]): Promise<Listing | undefined> {
    const seller = encodeURIComponent(this.settings.sellerId);
    const operation = 'getListingsItem';
    try {
      const answer = await this.calls.call({
        operation,
        method: 'GET',
        path: `/listings/2021-08-01/items/${seller}/${encodeURIComponent(sku)}`,
        query: { marketplaceIds: marketplaceIds.join(','), includedData: 'fulfillmentAvailability' },
      });
      return parseAnswer(operation, answer, ListingWire);
    } catch (error) {
      if (error instanceof OutsideError && error.details.status === 404) return undefined;
      throw error;
    }
  }
}
