import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCursor, LOG_START } from '../../../src/platform/event-log/index.js';
import { READ, refusalOf } from '../spec-support.js';
import { startFindingHub, type FindingHub } from './testing/finding-hub.js';

const PII = { scopes: [...READ, 'pii:read'], subject: 'ada' };

let hub: FindingHub;

beforeAll(async () => {
  hub = await startFindingHub();
});

afterAll(() => hub.close());

function query(reveal: string): string {
  return `{ orderByReference(channel: "amazon-de", reference: "A-100") {
  parties${reveal} { masked buyer { name email phone } shipTo { name line1 city postalCode country }
    giftMessages { lineReference message } } } }`;
}

const CLEAR = {
  masked: false,
  buyer: { name: 'Ada Lovelace', email: 'ada@example.org', phone: '+49 30 123456' },
  shipTo: { name: 'Ada Lovelace', line1: 'Unter den Linden 1', city: 'Berlin', postalCode: '10117', country: 'DE' },
  giftMessages: [{ lineReference: null, message: 'For you, Charles' }],
};
const MASKED = {
  masked: true,
  buyer: { name: 'A*** L***', email: 'a***@***.org', phone: '***56' },
  shipTo: { name: 'A*** L***', line1: '***', city: '***', postalCode: '***', country: 'DE' },
  giftMessages: [{ lineReference: null, message: '***' }],
};
async function reveals(): Promise<readonly object[]> {
  const { rows } = await hub.pool.query<object>(
    `select actor, subject_type, subject_id, outcome from audit where action = 'REVEAL_PARTIES' order by id`,
  );
  return rows;
}

describe('persons', () => {
  it('are masked to everyone who does not ask for them', async () => {
    for (const wish of [{}, PII])
      expect((await hub.post(query(''), {}, wish)).data).toEqual({ orderByReference: { parties: MASKED } });
    expect(await reveals()).toEqual([]);
  });

  it('are not revealed without the scope', async () => {
    const { errors, data } = await hub.post(query('(reveal: true)'));
    expect(errors).toMatchObject([{ extensions: { code: 'SCOPE_MISSING' } }]);
    expect(JSON.stringify(data)).not.toContain('Ada');
    expect(await reveals()).toEqual([]);
  });

  it('are shown with it, and who saw them is written down, for all of an operation in one statement', async () => {
    const { data } = await hub.post(query('(reveal: true)'), {}, PII);
    expect(data).toEqual({ orderByReference: { parties: CLEAR } });
    const subject_id = await hub.idOf('amazon-de', 'A-100');
    expect(await reveals()).toEqual([{ actor: 'ada', subject_type: 'order', subject_id, outcome: 'DONE' }]);
    const statements = await hub.countStatements(async () => {
      const page = await hub.post(
        `{ orders(first: 4) { edges { node { a: parties(reveal: true) { note } b: parties(reveal: true) { masked } } } } }`,
        {},
        PII,
      );
      expect(page.errors).toBeUndefined();
    });
    expect(statements.filter((text) => text.includes('insert into audit'))).toHaveLength(1);
    expect(await reveals()).toHaveLength(5);
  });

  it('stay hidden when it cannot be written down', async () => {
    await hub.pool.query('alter table audit rename to audit_away');
    try {
      const { data, errors } = await hub.post(query('(reveal: true)'), {}, PII);
      expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
      expect(JSON.stringify(data)).not.toContain('Ada');
    } finally {
      await hub.pool.query('alter table audit_away rename to audit');
    }
  });

  it('are gone with their erasure, and nothing finds the order by them', async () => {
    await hub.orders.accept('shop-eu', ['E-1'], { parties: { buyer: { email: 'gone@example.org' } } });
    await hub.index();
    expect(await hub.search('gone@example.org')).toHaveLength(1);
    const id = await hub.idOf('shop-eu', 'E-1');
    await hub.pool.query('delete from order_parties where order_id = $1', [id]);
    expect(await hub.search('gone@example.org')).toEqual([]);
    await hub.index();
    expect(await hub.search('gone@example.org')).toEqual([]);
    const { data } = await hub.post(`{ order(id: "${id}") { parties(reveal: true) { note } } }`, {}, PII);
    expect(data).toEqual({ order: { parties: null } });
    expect((await reveals()).at(-1)).toMatchObject({ subject_id: id, outcome: 'NOT_FOUND' });
  });

  it('are not revealed in a subscription', async () => {
    const client = await hub.connect(PII);
    const after = encodeCursor(LOG_START);
    const errors = await refusalOf(client, {
      query: `subscription { orderChanged(after: "${after}") { order { parties(reveal: true) { note } } } }`,
    });
    expect(errors).toMatchObject([{ extensions: { code: 'REVEAL_NOT_LIVE' } }]);
    await client.dispose();
  });
});
