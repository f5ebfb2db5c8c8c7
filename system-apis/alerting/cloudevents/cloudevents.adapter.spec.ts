import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { HTTP, type CloudEvent } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { packageRoot } from '../../../src/platform/db/package-root.js';
import { OutsideGate } from '../../../src/platform/outside/outside-gate.js';
import type { ToldAlert } from '../alert-sink.port.js';
import { CloudEventsAdapter } from './cloudevents.adapter.js';
import { CloudEventsSettings } from './cloudevents.settings.js';

const SECRET = `whsec_${Buffer.from('a secret of the test, and long').toString('base64')}`;
const ALERT: ToldAlert = {
  id: '0198c0de-0000-7000-8000-000000000001/2',
  happened: 'breached',
  subject: 'order/0198c0de-0000-7000-8000-000000000002',
  at: '2026-11-21T12:00:00.000Z',
  data: {
    alertId: '0198c0de-0000-7000-8000-000000000001',
    version: 2,
    state: 'BREACHED',
    orderId: '0198c0de-0000-7000-8000-000000000002',
    reference: 'R-1',
    channel: 'shop-eu',
    stage: 'RELEASE',
    waitKey: 'WMS:RELEASE:1',
    since: '2026-11-21T11:30:00.000Z',
    raisedAt: '2026-11-21T11:54:00.000Z',
    dueAt: '2026-11-21T12:00:00.000Z',
    breachedAt: '2026-11-21T12:00:00.000Z',
    sentence: 'Order R-1 of shop-eu: release to the warehouse is late since 2026-11-21T12:00:00.000Z.',
  },
};

const ALERTS: ToldAlert = {
  ...ALERT,
  id: `${ALERT.id}+d41d8cd98f00b204e9800998ecf8427e`,
  subject: 'channel/shop-eu/RELEASE',
  data: {
    ...ALERT.data,
    sentence:
      '2 steps of orders of shop-eu are late: release to the warehouse, the first (R-1) since 2026-11-21T12:00:00.000Z.',
    link: '/console/alerts?channel=shop-eu&stage=RELEASE&state=BREACHED',
    count: 2,
    alerts: ['1', '3'].map((last) => ({
      alertId: `0198c0de-0000-7000-8000-00000000000${last}`,
      version: 2,
      orderId: '0198c0de-0000-7000-8000-000000000002',
      reference: `R-${last}`,
      since: '2026-11-21T11:30:00.000Z',
      dueAt: '2026-11-21T12:00:00.000Z',
    })),
  },
};

class OneSecret extends SecretSource {
  override get(): string {
    return SECRET;
  }

  override find(): string {
    return SECRET;
  }
}

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let receiver: Server;
let received: Received[];
let answer: { readonly status: number; readonly headers?: Readonly<Record<string, string>> };
let adapter: CloudEventsAdapter;

beforeEach(async () => {
  received = [];
  answer = { status: 202 };
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  const settings = { url: `http://127.0.0.1:${port}/hooks`, signingSecret: 'ALERTS', source: 'urn:test:hub' };
  adapter = new CloudEventsAdapter(settings, new OneSecret(), new OutsideGate());
});

afterEach(async () => {
  await new Promise((resolve) => receiver.close(resolve));
});

describe('an alert by webhook', () => {
  it.each([
    ['by itself', ALERT],
    ['with others', ALERTS],
  ])('told %s is a CloudEvent that its receiver can read, with the data of the published schema', async (_, told) => {
    await adapter.tell(told);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const event = HTTP.toEvent({ headers, body }) as CloudEvent<Record<string, unknown>>;
    expect(event.validate()).toBe(true);
    expect(event).toMatchObject({
      specversion: '1.0',
      id: told.id,
      type: 'entrepot.alert.breached.v1',
      source: 'urn:test:hub',
      subject: told.subject,
      time: told.at,
      data: told.data,
    });
    const ajv = addFormats.default(new Ajv2020({ strict: true }));
    const schema: unknown = JSON.parse(await readFile(join(packageRoot(), 'schema/events/alert.v1.json'), 'utf8'));
    const validate = ajv.compile(schema as object);
    expect([validate(event.data), validate.errors]).toEqual([true, null]);
  });

  it('is signed over what is sent', async () => {
    await adapter.tell(ALERT);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const signed = headers as Record<string, string>;
    expect(new Webhook(SECRET).verify(body, signed)).toMatchObject({ id: ALERT.id });
    expect(() => new Webhook(SECRET).verify(`${body} `, signed)).toThrow(/signature/);
  });

  it.each([
    [503, { 'retry-after': '7' }, { kind: 'transient', details: { retryAfterMs: 7_000 } }],
    [429, { 'retry-after': '3' }, { kind: 'throttled', details: { retryAfterMs: 3_000 } }],
    [410, {}, { kind: 'rejected' }],
  ])('that is answered with %i fails as the policies say', async (status, headers, error) => {
    answer = { status, headers };
    await expect(adapter.tell(ALERT)).rejects.toMatchObject(error);
  });
});

describe('the settings', () => {
  const settings = { url: 'https://example.org/hooks', signingSecret: 'ALERTS' };

  it.each(['urn:entrepot:hub', 'https://example.org/hub', '/hubs/eu'])('take %s for a source', (source) => {
    expect(CloudEventsSettings.parse({ ...settings, source }).source).toBe(source);
  });

  it.each(['', 'our hub', 'http://['])('refuse "%s", of which no event could be made', (source) => {
    expect(CloudEventsSettings.safeParse({ ...settings, source }).success).toBe(false);
  });
});
