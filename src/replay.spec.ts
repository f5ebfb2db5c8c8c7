import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelFact } from './model/channel-order.js';
import { openIntake } from '../process-apis/intake/testing/open-intake.js';
import { ReplayDesk, ReplayWorker } from '../process-apis/replay/index.js';
import { SeededOrders } from '../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../test/support/test-database.js';
import { openTestPool } from '../test/support/test-pool.js';
import { FieldCipher } from './platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from './platform/crypto/key-ring.js';
import { ConfigError } from './platform/config/config-error.js';
import { BackgroundLoop } from './platform/jobs/index.js';
import { readReplayCommand } from './replay.options.js';
import { replay } from './replay.js';

const SHOP = 'shop-eu';

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let loop: BackgroundLoop;
let faulty = true;
let out: string[];
let err: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 6);
  orders = await SeededOrders.open(pool);
  const account = { id: SHOP, kind: 'test', name: SHOP, active: true, settings: {} };
  const cipher = new FieldCipher(KeyRing.parse(generateKeyRing('test')));
  const { intake, messages } = openIntake(pool, orders.commit, cipher, { account: async () => account });
  intake.register('test', (_account, _topic, body) => {
    if (faulty) throw new TypeError('the mapper has a fault');
    return { outcome: 'FACTS', facts: JSON.parse(body.toString('utf8')) as readonly ChannelFact[] };
  });
  await orders.accept(SHOP, ['1001']);
  const fact: ChannelFact = {
    kind: 'REFUND_ISSUED',
    reference: '1001',
    refundId: 'r-1',
    issuedAt: '2026-03-01T10:00:00.000Z',
    amount: { minor: 100, currency: 'EUR' },
    lines: [],
  };
  await intake.receive({
    account,
    topic: 'refunds/create',
    messageId: 'm-1',
    body: Buffer.from(JSON.stringify([fact])),
  });
  const tasks = {
    deadLetters: async () => [],
    backlog: async () => [],
    redrive: async () => 0,
    discard: async () => 0,
  };
  const worker = new ReplayWorker({ pool, messages, orders: orders.commit, reader: orders.reader, tasks });
  loop = new BackgroundLoop('replays', 50, () => worker.sweep());
  loop.start();
});

beforeEach(() => {
  out = [];
  err = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void err.push(line));
  vi.stubEnv('DATABASE_URL', database.url);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

afterAll(async () => {
  await loop.stop();
  await orders.close();
  await pool.end();
  await database.drop();
});

describe('npx entrepot replay', () => {
  it('tells what would change and changes nothing, then does it, then finds it done', async () => {
    const given = ['--channel', SHOP, '--type', 'refunds/create'];
    expect(await replay(given)).toBe(1);
    expect(out.join('\n')).toMatch(/^REFUSED {2}message\/[\s\S]*the mapper has a fault[\s\S]*Nothing was changed/);
    faulty = false;
    out = [];
    expect(await replay(given)).toBe(0);
    expect(out.join('\n')).toMatch(/CHANGED {2}message\/\S+ {2}shop-eu refunds\/create {2}REFUSED → COMMITTED/);
    expect(out.join('\n')).toContain('shop-eu 1001: RESERVED; RefundIssued');
    expect((await orders.order(SHOP, '1001')).refunds).toEqual([]);
    out = [];
    expect(await replay([...given, '--run', '--rate', '50'])).toBe(0);
    expect(out.at(-1)).toContain('1 looked at, 1 changed, 0 as before, 0 refused\nDone.');
    expect((await orders.order(SHOP, '1001')).refunds).toHaveLength(1);
    out = [];
    expect(await replay([...given, '--run', '--json'])).toBe(0);
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      run: { status: 'DONE', changed: 0, unchanged: 1 },
      changes: [],
    });
  });

  it('tells of one order whether it is what its events say', async () => {
    expect(await replay(['--channel', SHOP, '--reference', '1001'])).toBe(0);
    await pool.query(`update orders set state = jsonb_set(state::jsonb, '{currency}', '"USD"')::json`);
    expect(await replay(['--order', (await orders.order(SHOP, '1001')).id])).toBe(1);
    expect(out.join('\n')).toContain('/currency: stored "USD", by its events "EUR"');
  });

  it('resumes what was stopped, and stops what goes on', async () => {
    const desk = new ReplayDesk(pool);
    const request = { selection: { channel: SHOP }, dryRun: true, perSecond: 1, actor: 'ada' } as const;
    const { id } = await desk.start({ kind: 'MESSAGES', ...request });
    expect([0, 1]).toContain(await replay(['--resume', id]));
    expect(await replay(['--stop', id])).toBe(2);
    expect(err.at(-1)).toBe(`The run ${id} does not run.`);
  });

  it('says in a sentence what cannot be done, with exit code 2', async () => {
    expect(await replay(['--order', 'x'])).toBe(2);
    expect(err.at(-1)).toBe('"x" is no id of an order.');
    expect(await replay(['--channel', SHOP, '--from', 'yesterday'])).toBe(2);
    expect(err.at(-1)).toContain('"yesterday" is no instant');
    vi.stubEnv('DATABASE_URL', 'postgres://nobody@127.0.0.1:1/none');
    expect(await replay(['--channel', SHOP])).toBe(2);
    expect(err.at(-1)).toContain('cannot be opened');
  });

  it('explains itself', async () => {
    expect(await replay(['--help'])).toBe(0);
    expect(out[0]).toContain('--dead-letters');
  });
});

describe('the options of replay', () => {
  it.each([
    [['--order', 'o'], { kind: 'ORDER', selection: { orderId: 'o' }, dryRun: true, perSecond: 20 }],
    [
      ['--node', 'n', '--type', 'RECEIVED', '--run'],
      { kind: 'FACTS', selection: { node: 'n', type: 'RECEIVED' }, dryRun: false },
    ],
    [['--channel', 'c', '--facts'], { kind: 'FACTS', selection: { channel: 'c' } }],
    [['--dead-letters', '--from', '2026-03-01'], { kind: 'DEAD_LETTERS', selection: { from: '2026-03-01T00:00:00Z' } }],
    [['--channel', 'c', '--rate', '3'], { kind: 'MESSAGES', selection: { channel: 'c' }, perSecond: 3 }],
  ])('%j', (argv, request) => {
    expect(readReplayCommand(argv)).toMatchObject({ action: 'start', request });
  });

  it.each([
    [['--run', '--dry-run', '--channel', 'c'], 'give one of them'],
    [['--order', 'o', '--dead-letters'], 'give the options of one of them'],
    [['--type', 't'], 'Say what to run again'],
    [['--resume', 'r', '--run'], 'nothing else but --json'],
    [['--nope'], "Unknown option '--nope'"],
  ])('%j is refused', (argv, sentence) => {
    expect(() => readReplayCommand(argv)).toThrow(ConfigError);
    expect(() => readReplayCommand(argv)).toThrow(sentence);
  });
});
