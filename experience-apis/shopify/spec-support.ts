import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChannelAccount } from '../../src/model/channel.js';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { SecretSource } from '../../src/platform/config/secret-source.js';
import { buildOrder } from './sandbox/order-samples.js';
import type { RestOrder } from './sandbox/rest-order.js';
import type { ChannelFact, ChannelOrder, Interpretation } from '../../src/model/channel-order.js';

/* For this folder's specs alone. */

const FIXTURES = join(import.meta.dirname, 'fixtures');

export const ACCOUNT: ChannelAccount = {
  id: 'shop-eu',
  kind: 'shopify',
  name: 'The shop',
  active: true,
  settings: {
    shopDomain: 'example.myshopify.com',
    accessTokenSecret: 'TOKEN',
    webhookSecrets: ['HOOK_NEW', 'HOOK_OLD'],
    carrierNames: { UPS_GROUND: 'UPS' },
  },
};

export function fixtureNames(): readonly string[] {
  return readdirSync(FIXTURES).filter((name) => name.endsWith('.json'));
}

/** The body of the webhook that a fixture shows: documented ones are wrapped. */
export function fixtureBody(name: string): Record<string, unknown> {
  const json = JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as Record<string, unknown>;
  return typeof json.payload === 'object' && json.payload !== null ? (json.payload as Record<string, unknown>) : json;
}

export function toBody(json: unknown): Buffer {
  return Buffer.from(JSON.stringify(json));
}

/** The one fact of an interpretation that must have one. */
export function onlyFact(interpretation: Interpretation): ChannelFact {
  if (interpretation.outcome !== 'FACTS' || interpretation.facts.length !== 1)
    throw new Error(`not one fact: ${JSON.stringify(interpretation)}`);
  const [fact] = interpretation.facts;
  if (fact === undefined) throw new Error('no fact');
  return fact;
}

export function onlyOrder(interpretation: Interpretation): ChannelOrder {
  const fact = onlyFact(interpretation);
  if (fact.kind !== 'ORDER') throw new Error(`a ${fact.kind}, not an order`);
  return fact.order;
}

/** Secrets by name, as given. */
export class FixedSecrets extends SecretSource {
  constructor(private readonly secrets: Readonly<Record<string, string>>) {
    super();
  }

  get(name: string): string {
    const secret = this.find(name);
    if (secret === undefined) throw new Error(`the secret ${name} is not set`);
    return secret;
  }

  find(name: string): string | undefined {
    return this.secrets[name];
  }
}

/** The Admin API access token of a sandbox, and what it stocks. */
export const SECRETS = new FixedSecrets({ TOKEN: 'token-value' });

export const ITEMS = [
  { sku: 'A', inventoryItemId: 101, locationId: 1, available: 50 },
  { sku: 'B', inventoryItemId: 102, locationId: 2, available: 50 },
];

/** An order of 3 A (location 1) and 2 B (location 2). */
export function twoLineDraft(): RestOrder {
  const draft = buildOrder({
    random: () => 0,
    items: [{ sku: 'A', title: 'A', price: 1000 }],
    now: new Date('2026-04-01T00:00:00Z'),
  });
  const [line] = draft.line_items;
  if (line === undefined) throw new Error('no line');
  const lineOf = (sku: string, quantity: number) => {
    return { ...line, sku, quantity, current_quantity: quantity, fulfillable_quantity: quantity };
  };
  return { ...draft, line_items: [lineOf('A', 3), lineOf('B', 2)] };
}

export async function failureOf(work: Promise<unknown>): Promise<OutsideError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof OutsideError)) throw new Error(`no OutsideError: ${String(error)}`);
  return error;
}
