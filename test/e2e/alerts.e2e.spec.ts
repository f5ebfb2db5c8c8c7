import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GATHER_MS } from '../../process-apis/alerts/index.js';
import { PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { NORTH_ONLY } from '../support/place-orders.js';
import { shortenClocks } from '../support/short-clocks.js';
import { until } from '../support/until.js';

const SAP_WRITES = '/operations/v1/policies/sap-s4hana/writes';
const WAIT_MS = 30_000;
const SHORT_MS = 5_000;
const TEST_MS_MAX = 240_000;
const ONE = [{ sku: NORTH_ONLY, quantity: 1 }] as const;
/** Orders of the partner's channel. */
const OF_PARTNER = 4;
const SENTENCE =
  /^(Order .+ of .+: posting to the ERP is due at |\d+ steps of orders of .+ are due and not done: posting to the ERP, )/;

interface Told {
  readonly type: string;
  readonly subject: string;
  readonly data: {
    readonly state: string;
    readonly stage: string;
    readonly channel: string;
    readonly sentence: string;
    readonly count?: number;
  };
}

interface Call {
  readonly headers: Record<string, string>;
  readonly body: string;
}

let sut: HubUnderTest;
let bearer: string;
let receiver: Server;
const calls: Call[] = [];
/** The receiver is away for so many calls. */
let away = 0;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      away -= 1;
      if (away >= 0) return void response.writeHead(503).end();
      const headers = request.headers as Record<string, string>;
      calls.push({ headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  sut = await startHubUnderTest({ alertsTo: `http://127.0.0.1:${port}/alerts` });
  bearer = await sut.token(['policies:read', 'policies:write', 'metrics:read', 'exceptions:read']);
});
afterAll(async () => {
  await sut.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

async function pauseErp(body: object): Promise<void> {
  const answer = await sut.http().put(SAP_WRITES).set('authorization', `Bearer ${bearer}`).send(body);
  expect(answer.status).toBe(204);
}

/** Each event once, in the order in which they were first told; all of them must be signed. */
function told(): readonly Told[] {
  const webhook = new Webhook(sut.world.secrets.get('ALERT_WEBHOOK_SECRET'));
  const byId = new Map<string, Told>();
  for (const { headers, body } of calls) {
    const event = webhook.verify(body, headers) as Told & { readonly id: string };
    if (!byId.has(event.id)) byId.set(event.id, event);
  }
  return [...byId.values()];
}

/** How many orders of the channel were told of by events of the type. */
function countOf(type: string, channel: string): number {
  return told()
    .filter((event) => event.type === type && event.data.channel === channel)
    .reduce((sum, { data }) => sum + (data.count ?? 1), 0);
}

function untilTold(type: string): Promise<readonly Told[]> {
  return until(
    () => Promise.resolve(told()),
    (events) => events.some((event) => event.type === type),
    { what: type, timeoutMs: WAIT_MS },
  );
}

describe('an SLA clock that runs out', () => {
  it(
    'is told by webhook before and after, also while the receiver was away, and again when the step is done',
    async () => {
      await pauseErp({ paused: true, reason: 'month end' });
      await sut.placeEverywhere(ONE);
      for (let n = 1; n < OF_PARTNER; n += 1) await sut.placePartner(ONE);
      away = 2;
      await shortenClocks(sut.pool, 'ERP_POSTING', OF_PARTNER + 1, SHORT_MS);
      const [warned] = await untilTold('entrepot.alert.raised.v1');
      expect(warned).toMatchObject({ data: { state: 'WARNING', stage: 'ERP_POSTING' } });
      expect(warned?.data.sentence).toMatch(SENTENCE);
      await untilTold('entrepot.alert.breached.v1');
      // Together, or in some parts a minute apart: each order counts once.
      await until(
        () => countOf('entrepot.alert.breached.v1', PARTNER_ACCOUNT),
        (count) => count === OF_PARTNER,
        { what: 'all that is late', timeoutMs: GATHER_MS + WAIT_MS },
      );
      const metrics = await sut.http().get('/metrics').set('authorization', `Bearer ${bearer}`);
      expect(metrics.text).toMatch(
        /entrepot_alerts_standing\{channel="[^"]+",stage="ERP_POSTING",state="BREACHED"\} [1-9]/,
      );
      await pauseErp({ reason: 'month is over' });
      const events = await untilTold('entrepot.alert.ended.v1');
      for (const { subject, data } of events)
        expect(subject).toMatch(data.count === undefined ? /^order\// : `channel/${data.channel}/${data.stage}`);
    },
    TEST_MS_MAX,
  );
});
