import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const HELP = `Watches orders live over GraphQL.

  npm run -s watch -- [--url http://127.0.0.1:3000] [--order ID] [--channel ACCOUNT] [--after CURSOR]

The token is read from ENTREPOT_TOKEN. After a lost connection it goes on from the last event it showed.`;

const SUBSCRIPTION = `subscription Watch($orderId: ID, $channel: String, $after: Cursor) {
  orderChanged(orderId: $orderId, channel: $channel, after: $after) {
    cursor
    event { type occurredAt source }
    order { reference channel status waitingOn { system reason } }
  }
}`;

interface Shown {
  readonly cursor: string;
  readonly event: { readonly type: string; readonly occurredAt: string; readonly source: string };
  readonly order: {
    readonly reference: string;
    readonly channel: string;
    readonly status: string;
    readonly waitingOn: readonly { readonly system: string; readonly reason: string }[];
  };
}

const RETRIES_MAX = 1_000;
const BAD_USAGE = 2;

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
    order: { type: 'string' },
    channel: { type: 'string' },
    after: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const token = process.env['ENTREPOT_TOKEN'];

if (values.help === true) console.log(HELP);
else if (token === undefined || token === '') {
  console.error('ENTREPOT_TOKEN is not set: give it the token that the hub printed, or one of your issuer.');
  process.exitCode = BAD_USAGE;
} else await watch(token);

async function watch(bearer: string): Promise<void> {
  let after = values.after;
  const client = createClient({
    url: `${values.url.replace(/^http/, 'ws').replace(/\/+$/, '')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${bearer}` },
    retryAttempts: RETRIES_MAX,
  });
  process.once('SIGINT', () => void client.dispose());
  for (let failures = 0; failures < RETRIES_MAX; failures += 1) {
    // Each try starts behind the last event shown: nothing is shown twice, and nothing is missed.
    const variables = { orderId: values.order, channel: values.channel, after };
    const stream = client.iterate<{ orderChanged: Shown }>({ query: SUBSCRIPTION, variables });
    try {
      for await (const { data, errors } of stream) {
        for (const error of errors ?? []) console.error(error.message);
        if (!data) continue;
        after = data.orderChanged.cursor;
        show(data.orderChanged);
      }
      return;
    } catch (error) {
      // Refused for what it is: asking again would be refused again.
      if (Array.isArray(error)) {
        for (const refusal of error) console.error(describe(refusal));
        process.exitCode = 1;
        return;
      }
      console.error(`connection lost (${describe(error)}), going on from ${after ?? 'now'}`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

function show({ event, order }: Shown): void {
  const waits = order.waitingOn.map((wait) => `${wait.system}: ${wait.reason}`).join(' ');
  console.log(
    `${event.occurredAt}  ${order.channel} ${order.reference}  ${event.type.padEnd(26)} ${order.status.padEnd(18)} ${waits}`,
  );
}

function describe(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  if (typeof error === 'object' && error !== null && 'reason' in error) return String(error.reason);
  return String(error);
}
