import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChannelAccount } from '../../src/model/channel.js';
import { SecretSource } from '../../src/platform/config/secret-source.js';
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
