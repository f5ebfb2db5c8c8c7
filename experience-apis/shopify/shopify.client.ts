import { Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import type { z } from 'zod';
import type { ChannelAccount } from '../../src/model/channel.js';
import { SecretSource } from '../../src/platform/config/secret-source.js';
import { OutsideGate } from '../../src/platform/outside/outside-gate.js';
import { evidenceOf, OutsideHttp, type OutsideAnswer } from '../../src/platform/outside/outside-http.js';
import { envelopeSchema, type AdminOperation, type WireCost, type WireEnvelope } from './shopify-admin.wire.js';
import { QueryCosts, waitMs } from './shopify-cost.js';
import { contractError, SYSTEM, topLevelError } from './shopify-errors.js';
import { SHOPIFY_POLICIES } from './shopify.policies.js';
import { shopifySettings, type ShopifySettings } from './shopify.settings.js';

const READ_ORDER = 'getOrder';
/** As text: a number of more digits than a JavaScript number holds must stay what it is. */
const WRAPPED_ORDER = /^\s*\{\s*"order"\s*:\s*(\{[\s\S]*\})\s*\}\s*$/;

/** The Admin GraphQL API of all shops: one POST per operation, paced by each shop's bucket of query cost. */
@Injectable()
export class ShopifyClient implements OnApplicationShutdown {
  private readonly http: OutsideHttp;
  private readonly costs = new QueryCosts();

  constructor(
    private readonly secrets: SecretSource,
    @Optional() private readonly gate: OutsideGate = new OutsideGate(),
  ) {
    this.http = new OutsideHttp(SYSTEM, SHOPIFY_POLICIES, gate);
  }

  /**
   * Runs one operation and gives its data. User errors are in the data: the caller knows what they mean.
   * @throws OutsideError; `throttled` says how long the bucket needs, and nothing was sent when it is known to be empty.
   */
  async run<T extends z.ZodType>(
    account: ChannelAccount,
    operation: AdminOperation<T>,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<z.output<T>> {
    const answer = await this.post(account, operation, variables);
    if (answer.status !== 200) throw this.http.failure(operation.name, answer, readErrors);
    const envelope = readEnvelope(operation.name, answer);
    const cost = envelope.extensions?.cost ?? undefined;
    if (cost !== undefined) await this.learn(account, operation.name, cost);
    if (envelope.errors) throw topLevelError(operation.name, envelope.errors, evidenceOf(answer), cost && waitMs(cost));
    const data = operation.data.safeParse(envelope.data);
    if (!data.success)
      throw contractError(operation.name, 'the answer is not what the schema says', data.error, evidenceOf(answer));
    return data.data;
  }

  /**
   * The order as a webhook would carry it, digit by digit: the REST resource is its body. Undefined when there is no such order.
   * @throws OutsideError
   */
  async readOrder(account: ChannelAccount, id: string): Promise<Buffer | undefined> {
    const settings = shopifySettings(account);
    const answer = await this.http.send({
      method: 'GET',
      url: `${baseOf(settings)}/admin/api/${settings.apiVersion}/orders/${encodeURIComponent(id)}.json`,
      operation: READ_ORDER,
      account: { id: account.id },
      headers: { 'x-shopify-access-token': this.secrets.get(settings.accessTokenSecret) },
    });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw this.http.failure(READ_ORDER, answer, readErrors);
    const [, order] = WRAPPED_ORDER.exec(answer.text) ?? [];
    if (order === undefined)
      throw contractError(READ_ORDER, 'the answer holds no order', undefined, evidenceOf(answer));
    return Buffer.from(order);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }

  private post(
    account: ChannelAccount,
    operation: AdminOperation<z.ZodType>,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<OutsideAnswer> {
    const settings = shopifySettings(account);
    return this.http.send({
      method: 'POST',
      url: `${baseOf(settings)}/admin/api/${settings.apiVersion}/graphql.json`,
      operation: operation.name,
      account: { id: account.id },
      cost: this.costs.of(operation.name),
      headers: {
        'content-type': 'application/json',
        'x-shopify-access-token': this.secrets.get(settings.accessTokenSecret),
      },
      body: JSON.stringify({ query: operation.query, variables }),
    });
  }

  private async learn(account: ChannelAccount, operation: string, cost: WireCost): Promise<void> {
    this.costs.learn(operation, cost);
    const { currentlyAvailable, restoreRate, maximumAvailable } = cost.throttleStatus;
    await this.gate.told(
      { system: SYSTEM, operation, account: { id: account.id } },
      { tokens: currentlyAvailable, perSecond: restoreRate, burst: maximumAvailable },
    );
  }
}

function baseOf({ apiUrl, shopDomain }: ShopifySettings): string {
  return apiUrl ?? `https://${shopDomain}`;
}

function readEnvelope(operation: string, answer: OutsideAnswer): WireEnvelope {
  try {
    return envelopeSchema.parse(JSON.parse(answer.text));
  } catch (cause) {
    throw contractError(operation, 'the answer is not a GraphQL answer', cause, evidenceOf(answer));
  }
}

/** Shopify's own sentence in an answer that is not 200: `{"errors": "…"}`. */
function readErrors(text: string): string | undefined {
  try {
    const { errors } = envelopeSchema.parse(JSON.parse(text));
    if (!errors) return undefined;
    return typeof errors === 'string' ? errors : errors.map((error) => error.message).join('; ');
  } catch {
    // An answer from a proxy in between: the caller shows its text as it is.
    return undefined;
  }
}
