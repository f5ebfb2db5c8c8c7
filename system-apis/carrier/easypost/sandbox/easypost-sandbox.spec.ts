import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSigned } from '../easypost-signature.js';
import { WireTrackerEvent, type WireTracker } from '../easypost.wire.js';
import { startEasyPostSandbox, type EasyPostSandbox, type EasyPostSandboxOptions } from './easypost-sandbox.js';
import { memoryJournal } from './tracker-book.js';

const API_KEY = 'EZTK';
const SECRET = 'sécret';
const AUTHORIZATION = `Basic ${Buffer.from(`${API_KEY}:`).toString('base64')}`;

interface Told {
  readonly id: string;
  readonly status: string;
}

let hub: FastifyInstance;
let hubUrl: string;
let told: Told[];
let answer: number;
let running: EasyPostSandbox[];

beforeEach(async () => {
  [told, answer, running] = [[], 200, []];
  hub = fastify({ forceCloseConnections: true });
  hub.removeAllContentTypeParsers();
  hub.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  hub.post<{ Body: Buffer }>('/carriers/easypost/events', (request, reply) => {
    if (!isSigned(request.body, String(request.headers['x-hmac-signature']), [SECRET])) return reply.code(401).send();
    const { id, result } = WireTrackerEvent.parse(JSON.parse(request.body.toString()));
    if (answer === 200) told.push({ id, status: result.status });
    return reply.code(answer).send();
  });
  hubUrl = await hub.listen({ port: 0, host: '127.0.0.1' });
});

afterEach(async () => {
  for (const sandbox of running) await sandbox.close();
  await hub.close();
});

async function start(options: Partial<EasyPostSandboxOptions> = {}): Promise<EasyPostSandbox> {
  const sandbox = await startEasyPostSandbox({ apiKey: API_KEY, webhookSecret: SECRET, hub: hubUrl, ...options });
  running.push(sandbox);
  return sandbox;
}

async function create(sandbox: EasyPostSandbox, code: string): Promise<WireTracker> {
  const response = await fetch(`${sandbox.url}/v2/trackers`, {
    method: 'POST',
    headers: { authorization: AUTHORIZATION, 'content-type': 'application/json' },
    body: JSON.stringify({ tracker: { tracking_code: code, carrier: 'UPS' } }),
  });
  return (await response.json()) as WireTracker;
}

const statuses = (): readonly string[] => told.map(({ status }) => status);

describe('the sandbox of EasyPost', () => {
  it('scans a parcel step by step until it is delivered, and tells each scan', async () => {
    const sandbox = await start({ stepMs: 5 });
    expect(await create(sandbox, '1Z1')).toMatchObject({ status: 'pre_transit', carrier: 'UPS' });
    await expect.poll(statuses).toEqual(['in_transit', 'out_for_delivery', 'delivered']);
    expect(sandbox.trackers('1Z1')).toMatchObject([{ status: 'delivered' }]);
  });

  it('sends a share of the parcels back', async () => {
    const sandbox = await start({ stepMs: 5, journeys: { returns: 1 } });
    await create(sandbox, '1Z2');
    await expect.poll(() => statuses().at(-1)).toBe('return_to_sender');
  });

  it('goes on where it was when it starts again: parcels, scans and what was not told', async () => {
    const journal = memoryJournal();
    const first = await start({ journal, stepMs: 60_000 });
    const { id } = await create(first, '1Z3');
    first.scan(id, 'in_transit');
    await expect.poll(statuses).toEqual(['in_transit']);
    answer = 503;
    first.scan(id, 'out_for_delivery');
    await first.close();
    answer = 200;
    const second = await start({ journal, stepMs: 60_000 });
    await expect.poll(statuses).toEqual(['in_transit', 'out_for_delivery']);
    expect(await create(second, '1Z3')).toMatchObject({ id, status: 'out_for_delivery' });
  });

  it('tells a scan under one id, however often', async () => {
    const sandbox = await start({ stepMs: 60_000 });
    sandbox.duplicateEvents(true);
    const { id } = await create(sandbox, '1Z4');
    sandbox.scan(id, 'in_transit');
    await expect.poll(() => told.length).toBe(2);
    expect(new Set(told.map((event) => event.id)).size).toBe(1);
  });

  it('answers nobody without its key', async () => {
    const sandbox = await start();
    expect((await fetch(`${sandbox.url}/v2/trackers`)).status).toBe(401);
  });
});
