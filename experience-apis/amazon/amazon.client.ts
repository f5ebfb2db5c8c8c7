import { OutsideError } from '../../src/platform/http/outside-error.js';
import type { OutsideAnswer, OutsideHttp, OutsideRequest } from '../../src/platform/http/outside-http.js';
import { ACCESS_TOKEN_HEADER } from './amazon-access.wire.js';
import { PatchListingAnswerWire, type PatchListingAnswer, type PatchListingRequest } from './amazon-listings.wire.js';
import type { ConfirmShipmentRequest } from './amazon-orders-v0.wire.js';
import type { Operation } from './amazon-usage-plan.wire.js';
import { explainErrors, parseAnswer } from './amazon.answers.js';
import { AmazonLimits } from './amazon.limits.js';
import type { AmazonSettings } from './amazon.settings.js';
import type { LwaToken } from './amazon.token.js';
import { GetOrderAnswerWire, INCLUDED_DATA, RESULTS_PER_PAGE_MAX, SearchOrdersAnswerWire } from './amazon.wire.js';

// Amazon asks every application to name itself.
const USER_AGENT = 'Entrepot/0.1 (Language=JavaScript; Platform=Node.js)';

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

interface Call {
  readonly operation: Operation;
  readonly method: OutsideRequest['method'];
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** SP-API of one seller account: the only code that talks to Amazon. Throws OutsideError; does not retry. */
export class AmazonClient {
  private readonly limits: AmazonLimits;

  constructor(
    private readonly settings: AmazonSettings,
    private readonly http: OutsideHttp,
    private readonly token: LwaToken,
  ) {
    this.limits = new AmazonLimits(settings.rateFactor);
  }

  async searchOrders(search: OrderSearch): Promise<OrderPage> {
    const answer = await this.call({
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
    const answer = await this.call({
      operation: 'getOrder',
      method: 'GET',
      path: `/orders/2026-01-01/orders/${encodeURIComponent(orderId)}`,
      query: { includedData: INCLUDED_DATA.join(',') },
    });
    return parseAnswer('getOrder', answer, GetOrderAnswerWire).order;
  }

  async confirmShipment(orderId: string, request: ConfirmShipmentRequest): Promise<void> {
    await this.call({
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
    const answer = await this.call({
      operation: 'patchListingsItem',
      method: 'PATCH',
      path: `/listings/2021-08-01/items/${seller}/${encodeURIComponent(sku)}`,
      query: { marketplaceIds: marketplaceIds.join(',') },
      body: request,
    });
    return parseAnswer('patchListingsItem', answer, PatchListingAnswerWire);
  }

  private async call(call: Call): Promise<OutsideAnswer> {
    const answer = await this.authorized(call);
    if (answer.status >= 200 && answer.status < 300) return answer;
    const failure = this.http.failure(call.operation, answer, explainErrors);
    if (failure.kind !== 'throttled') throw failure;
    const retryAfterMs = this.limits.of(call.operation).refused(failure.details.retryAfterMs);
    throw new OutsideError('throttled', failure.message, { ...failure.details, retryAfterMs });
  }

  /** SP-API tells an expired or revoked token by 401 or 403; one fresh token is tried, once. */
  private async authorized(call: Call): Promise<OutsideAnswer> {
    const token = await this.token.get();
    const answer = await this.send(call, token);
    if (answer.status !== 401 && answer.status !== 403) return answer;
    this.token.discard(token);
    return await this.send(call, await this.token.get());
  }

  private async send(call: Call, token: string): Promise<OutsideAnswer> {
    const limit = this.limits.of(call.operation);
    await limit.take();
    const answer = await this.http.send({
      method: call.method,
      url: this.url(call),
      operation: call.operation,
      headers: {
        [ACCESS_TOKEN_HEADER]: token,
        'user-agent': USER_AGENT,
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    limit.learn(answer.headers);
    return answer;
  }

  private url({ path, query = {} }: Call): string {
    const url = new URL(path, this.settings.endpoint);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    return url.href;
  }
}
