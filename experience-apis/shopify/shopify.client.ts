import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { z } from 'zod';
import type { ChannelAccount } from '../../src/model/channel.js';
import { SecretSource } from '../../src/platform/config/secret-source.js';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { OutsideHttp, type OutsideAnswer } from '../../src/platform/outside/outside-http.js';
import { envelopeSchema, type AdminOperation, type WireEnvelope } from './shopify-admin.wire.js';
import { CostBudget } from './shopify-cost.js';
import { contractError, SYSTEM, topLevelError } from './shopify-errors.js';
import { shopifySettings } from './shopify.settings.js';

/** The Admin GraphQL API of all shops: one POST per operation, paced by each shop's bucket of query cost. */
@Injectable()
export class ShopifyClient implements OnApplicationShutdown {
  private readonly http = new OutsideHttp(SYSTEM);
  private readonly budgets = new Map<string, CostBudget>();

  constructor(private readonly secrets: SecretSource) {}

  /**
   * Runs one operation and gives its data. User errors are in the data: the caller knows what they mean.
   * @throws OutsideError; `throttled` says how long the bucket needs, and nothing was sent when it is known to be empty.
   */
  async run<T extends z.ZodType>(
    account: ChannelAccount,
    operation: AdminOperation<T>,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<z.output<T>> {
    const budget = this.budgetOf(account);
    refuseIfExhausted(budget, operation.name);
    const answer = await this.post(account, operation, variables);
    if (answer.status !== 200) throw this.http.failure(operation.name, answer, readErrors);
    const envelope = readEnvelope(operation.name, answer.text);
    const cost = envelope.extensions?.cost;
    if (cost) budget.learn(operation.name, cost);
    if (envelope.errors) throw topLevelError(operation.name, envelope.errors, waitAfter(budget, operation.name));
    const data = operation.data.safeParse(envelope.data);
    if (!data.success) throw contractError(operation.name, 'the answer is not what the schema says', data.error);
    return data.data;
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
    const base = settings.apiUrl ?? `https://${settings.shopDomain}`;
    return this.http.send({
      method: 'POST',
      url: `${base}/admin/api/${settings.apiVersion}/graphql.json`,
      operation: operation.name,
      headers: {
        'content-type': 'application/json',
        'x-shopify-access-token': this.secrets.get(settings.accessTokenSecret),
      },
      body: JSON.stringify({ query: operation.query, variables }),
    });
  }

  private budgetOf(account: ChannelAccount): CostBudget {
    const known = this.budgets.get(account.id);
    if (known !== undefined) return known;
    const budget = new CostBudget();
    this.budgets.set(account.id, budget);
    return budget;
  }
}

function refuseIfExhausted(budget: CostBudget, operation: string): void {
  const retryAfterMs = budget.waitMs(operation);
  if (retryAfterMs === 0) return;
  throw new OutsideError('throttled', `Shopify's query cost for ${operation} is not restored yet; nothing was sent`, {
    system: SYSTEM,
    operation,
    retryAfterMs,
  });
}

/** A throttled answer states the bucket mostly, and the budget has just learnt it. */
function waitAfter(budget: CostBudget, operation: string): number | undefined {
  const wait = budget.waitMs(operation);
  return wait === 0 ? undefined : wait;
}

function readEnvelope(operation: string, text: string): WireEnvelope {
  try {
    return envelopeSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw contractError(operation, 'the answer is not a GraphQL answer', cause);
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
