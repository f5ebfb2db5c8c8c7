import { Logger } from '@nestjs/common';
import { createClient, type Client } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startGraphHub, take, type GraphHub } from './spec-support.js';

const CHANGES = 'subscription ($after: Cursor) { orderChanged(after: $after) { event { type } order { reference } } }';

let hub: GraphHub;
const clients: Client[] = [];

beforeAll(async () => {
  hub = await startGraphHub();
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const client of clients.splice(0)) await client.dispose();
});

afterAll(() => hub.close());

async function connect(correlationId: string): Promise<Client> {
  class NamedSocket extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { headers: { 'x-correlation-id': correlationId } });
    }
  }
  const authorization = `Bearer ${await hub.token()}`;
  const client = createClient({
    url: hub.wsUrl,
    webSocketImpl: NamedSocket,
    retryAttempts: 0,
    connectionParams: { authorization },
  });
  clients.push(client);
  return client;
}

interface Line {
  readonly msg: string;
  readonly correlationId: string;
}

function linesThatSay(text: string): readonly Line[] {
  return hub.logged.map((line) => JSON.parse(line) as Line).filter(({ msg }) => msg === text);
}

function idsOf(text: string): ReadonlySet<string> {
  return new Set(linesThatSay(text).map(({ correlationId }) => correlationId));
}

/** Whatever reads the log for subscribers says so in a line. */
function tellReading(): void {
  const { feed } = hub.orders;
  const logger = new Logger('reading');
  const [past, subscribe] = [feed.past.bind(feed), feed.subscribe.bind(feed)];
  vi.spyOn(feed, 'past').mockImplementation((...given) => {
    logger.log('reads what was missed');
    return past(...given);
  });
  vi.spyOn(feed, 'subscribe').mockImplementation((...given) => {
    logger.log('reads what is live');
    return subscribe(...given);
  });
}

describe('log lines of subscriptions', () => {
  it('name the connection where one subscriber reads, and the group where all are told', async () => {
    tellReading();
    const after = await hub.logEnd();
    const payload = { query: CHANGES, variables: { after } };
    const names = ['connection-of-ann', 'connection-of-ben'];
    const people = await Promise.all(names.map((name) => connect(name)));
    const told = people.map((client) => take(client, payload, 3));
    await hub.orders.accept('shop-eu', ['C-1']);
    await Promise.all(told);
    const [group, ...others] = idsOf('reads what is live');
    expect(others).toEqual([]);
    // The group, too, begins with what came while it began.
    expect(idsOf('reads what was missed')).toEqual(new Set([...names, group]));
    expect(group).not.toMatch(/^connection-/);
  });

  it('of a message that could not be made bear the id that its error tells', async () => {
    const { reader } = hub.orders;
    vi.spyOn(reader, 'byIds').mockImplementation(async () => {
      new Logger('reading').warn('the orders cannot be read');
      throw new TypeError('a fault inside');
    });
    const client = await connect('connection-of-cem');
    const [first] = await Promise.all([take(client, { query: CHANGES }, 1), acceptWhenSubscribed('C-2')]);
    const correlationId = first[0]?.errors?.[0]?.extensions.correlationId;
    expect(correlationId).toEqual(expect.not.stringMatching(/^connection-/));
    expect(linesThatSay('the orders cannot be read')[0]?.correlationId).toBe(correlationId);
    expect(linesThatSay('operation failed')[0]?.correlationId).toBe(correlationId);
  });
});

async function acceptWhenSubscribed(reference: string): Promise<void> {
  await hub.subscribed(1);
  await hub.orders.accept('shop-eu', [reference]);
}
