import type { World } from './world.js';

export interface Greeting {
  readonly hub: string;
  readonly token: string;
  /** Who may sign in to the console. */
  readonly user: { readonly id: string; readonly password: string };
  readonly seconds: number;
  readonly config: { readonly demoRate: number; readonly dataDir: string };
  readonly world: World;
}

/** What a person needs to look around: where everything is, a token, and one command to watch. */
export function greeting({ hub, token, user, config, world, seconds }: Greeting): string {
  return [
    '',
    `Entrepot is up after ${seconds.toFixed(1)} s. Orders come in at ${config.demoRate}/s from the sandboxes; Ctrl-C stops everything.`,
    '',
    `  Console     ${hub}/console   user ${user.id}, password ${user.password}`,
    `  GraphQL     ${hub}/graphql   its schema at ${hub}/graphql/schema.graphql`,
    `  OpenAPI     ${hub}/openapi`,
    `  Health      ${hub}/readyz`,
    `  Outside     Amazon ${world.amazon.url} · Shopify ${world.shopify.url} · SAP ${world.sap.url} · WMS ${world.wms.url}`,
    `              EasyPost ${world.carrier?.url ?? 'none'}`,
    `  Data, log   ${config.dataDir}/`,
    '',
    '  A token for all of it (one day):',
    '',
    token,
    '',
    '  Watch orders live, in another terminal (Ctrl-C ends it):',
    '',
    `    ENTREPOT_TOKEN=<the token> npm run -s watch -- --url ${hub}`,
    '',
    '  Ask what a channel may sell, and why:',
    '',
    `    curl ${hub}/availability/v1/check -H "authorization: Bearer <the token>" -H 'content-type: application/json' \\`,
    `      -d '{"channel": "shop-eu", "items": [{"sku": "HOME-003"}], "explain": true}'`,
    '',
    '  See what is stuck, and why:',
    '',
    `    curl ${hub}/graphql -H "authorization: Bearer <the token>" -H 'content-type: application/json' \\`,
    `      -d '{"query": "{ exceptions(first: 10) { edges { node { category sentence dueAt } } } }"}'`,
    '',
    'Times are UTC.',
    '',
  ].join('\n');
}
