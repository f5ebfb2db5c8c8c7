import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Alerts } from '../../../process-apis/alerts/index.js';
import { until } from '../../../test/support/until.js';
import { fieldOf, startGraphHub, take, type Answer, type GraphHub, type TokenWish } from '../spec-support.js';

const READ: TokenWish = { scopes: ['orders:read', 'exceptions:read', 'policies:read'] };
const CHANGE: TokenWish = { scopes: ['policies:read', 'policies:write'], subject: 'ops' };
const HOUR_MS = 3_600_000;

let hub: GraphHub;

beforeAll(async () => {
  hub = await startGraphHub();
});
afterAll(() => hub.close());

interface Edge {
  readonly cursor: string;
  readonly node: Readonly<Record<string, unknown>>;
}

async function alerts(args: string, wish = READ): Promise<readonly Edge[]> {
  const fields = 'state stage channel reference sentence order { reference } dueAt breachedAt';
  const answer = await hub.post(`{ alerts(${args}) { edges { cursor node { ${fields} } } } }`, {}, wish);
  return (fieldOf(answer, 'alerts') as { edges: Edge[] }).edges;
}

/** Until all that has happened is looked at by a clock that is so far ahead. */
async function lookAhead(ms: number, standing: number): Promise<void> {
  const clock = (): string => new Date(Date.now() + ms).toISOString();
  const ahead = new Alerts({ pool: hub.pool, committed: () => hub.orders.feed.wake(), clock });
  const look = async (): Promise<number> => {
    while (await ahead.sweep());
    return (await ahead.list({}, undefined, 100)).length;
  };
  await until(look, (seen) => seen === standing, { what: 'the alerts', timeoutMs: 20_000 });
}

const RESULT = `{ __typename
  ... on SlaSettingsSaved { clocks { channel stage minutes warnMinutes calendar cutOff changed } calendars { id breaks { from to } holidays } }
  ... on SlaSettingsRefused { pointer message } }`;

async function saveClock(input: object, wish = CHANGE): Promise<unknown> {
  const query = `mutation ($input: SlaClockInput!) { saveSlaClock(input: $input) ${RESULT} }`;
  return fieldOf(await hub.post(query, { input }, wish), 'saveSlaClock');
}

async function saveCalendar(input: object): Promise<unknown> {
  const query = `mutation ($input: BusinessCalendarInput!) { saveBusinessCalendar(input: $input) ${RESULT} }`;
  return fieldOf(await hub.post(query, { input }, CHANGE), 'saveBusinessCalendar');
}

async function remove(field: string): Promise<unknown> {
  const [name = ''] = field.split('(');
  return fieldOf(await hub.post(`mutation { ${field} ${RESULT} }`, {}, CHANGE), name);
}

const OFFICE = { id: 'office', timeZone: 'Europe/Berlin', workingDays: [1, 2, 3], opensAt: '08:00', closesAt: '18:00' };
const CLOCK = { channel: 'shop-eu', stage: 'RELEASE', minutes: 60, warnMinutes: 10 };

describe('alerts in the graph', () => {
  it('are listed newest first, page by page, and live', async () => {
    const client = await hub.connect(READ);
    const changes = take(client, { query: 'subscription { alertChanged { cursor alert { state reference } } }' }, 3);
    await hub.orders.accept('shop-eu', ['A-1', 'A-2']);
    await hub.orders.accept('amazon-de', ['A-3']);
    await lookAhead(HOUR_MS, 3);
    const [first, ...others] = await alerts('first: 1');
    expect(first?.node).toMatchObject({
      state: 'BREACHED',
      stage: 'ERP_POSTING',
      sentence: expect.stringMatching(/^Order A-\d of .*: posting to the ERP is late since /) as string,
    });
    expect(others).toEqual([]);
    const rest = await alerts(`first: 10, after: "${first?.cursor ?? ''}"`);
    const references = [first, ...rest].map((edge) => edge?.node['reference']);
    expect(new Set(references)).toEqual(new Set(['A-1', 'A-2', 'A-3']));
    expect([first, ...rest].every(({ node } = { cursor: '', node: {} }) => node['order'] !== null)).toBe(true);
    expect(await changes).toHaveLength(3);
    await client.dispose();
  });

  it('show a channel its own alone, and no order to who may see none', async () => {
    const shop = { ...READ, channel: 'shop-eu' };
    expect((await alerts('first: 10', shop)).map(({ node }) => node['channel'])).toEqual(['shop-eu', 'shop-eu']);
    const [edge] = await alerts('first: 1', { scopes: ['exceptions:read'] });
    expect(edge?.node['order']).toBeNull();
    const counts = await hub.post('{ alertCounts { channel stage state count } }', {}, shop);
    expect(counts.errors?.[0]?.extensions.code).toBe('NOT_FOR_CHANNELS');
    expect(fieldOf(await hub.post('{ alertCounts { channel count } }', {}, READ), 'alertCounts')).toContainEqual({
      channel: 'shop-eu',
      count: 2,
    });
  });
});

describe('SLA clocks in the graph', () => {
  it('are the standard ones until the installation says otherwise, and each change is recorded', async () => {
    const query = '{ slaClocks { channel stage minutes changed } }';
    const standard = fieldOf(await hub.post(query, {}, READ), 'slaClocks') as readonly object[];
    expect(standard).toContainEqual({ channel: '*', stage: 'ERP_POSTING', minutes: 30, changed: false });
    expect(await saveCalendar(OFFICE)).toMatchObject({ calendars: [{ id: 'office', breaks: [], holidays: [] }] });
    const closed = { breaks: [{ from: '12:00', to: '12:30' }], holidays: ['2026-12-25'] };
    expect(await saveCalendar({ ...OFFICE, ...closed })).toMatchObject({ calendars: [{ id: 'office', ...closed }] });
    const clock = { ...CLOCK, calendar: 'office', cutOff: '14:00' };
    const saved = (await saveClock(clock)) as { clocks: readonly object[] };
    expect(saved.clocks).toContainEqual({ ...clock, changed: true });
    expect(saved.clocks).toHaveLength(standard.length + 1);
    const { rows } = await hub.pool.query(
      `select actor, action, subject_id as subject, outcome from audit where action like 'SAVE_%' order by id`,
    );
    expect(rows).toEqual([
      ...Array.from({ length: 2 }, () => ({
        actor: 'ops',
        action: 'SAVE_CALENDAR',
        subject: 'office',
        outcome: 'DONE',
      })),
      { actor: 'ops', action: 'SAVE_SLA_CLOCK', subject: 'shop-eu/RELEASE', outcome: 'DONE' },
    ]);
  });

  it.each<[string, object, string]>([
    ['a warning after the end', { warnMinutes: 60 }, '/warnMinutes'],
    ['a cut-off without a calendar', { cutOff: '14:00' }, '/cutOff'],
    ['a calendar that is not there', { calendar: 'nowhere' }, '/calendar'],
    ['a channel that is not there', { channel: 'nowhere' }, '/channel'],
    ['no time at all', { minutes: 0 }, '/minutes'],
  ])('refuse %s, and say where', async (_, wrong, pointer) => {
    expect(await saveClock({ ...CLOCK, ...wrong })).toMatchObject({ __typename: 'SlaSettingsRefused', pointer });
  });

  it.each<[string, object, string]>([
    ['closes before it opens', { closesAt: '07:00' }, '/closesAt'],
    ['lies nowhere', { timeZone: 'Mars/Olympus' }, '/timeZone'],
    ['has a break at night', { breaks: [{ from: '03:00', to: '04:00' }] }, '/breaks'],
    ['has a break without a time', { breaks: [{ from: '12:00', to: 'one' }] }, '/breaks/0/to'],
    ['has an eighth day', { workingDays: [8] }, '/workingDays/0'],
    ['has a day that is none', { holidays: ['2026-02-30'] }, '/holidays/0'],
  ])('refuse a calendar that %s', async (_, wrong, pointer) => {
    expect(await saveCalendar({ ...OFFICE, ...wrong })).toMatchObject({ __typename: 'SlaSettingsRefused', pointer });
  });

  it('keep a calendar that a clock runs by, and go when they are taken away', async () => {
    expect(await remove('removeBusinessCalendar(id: "office")')).toMatchObject({ pointer: '/id' });
    const removed = await remove('removeSlaClock(channel: "shop-eu", stage: RELEASE)');
    expect(removed).toMatchObject({ __typename: 'SlaSettingsSaved' });
    expect(await remove('removeSlaClock(channel: "shop-eu", stage: RELEASE)')).toMatchObject({
      message: '"shop-eu" has no clock of its own there.',
    });
    expect(await remove('removeBusinessCalendar(id: "office")')).toMatchObject({ calendars: [] });
  });

  it('are not for everyone', async () => {
    const answers: readonly Answer[] = await Promise.all([
      hub.post('{ slaClocks { stage } }', {}, { scopes: ['orders:read'] }),
      hub.post('{ slaClocks { stage } }', {}, { ...READ, channel: 'shop-eu' }),
      hub.post('mutation { removeBusinessCalendar(id: "office") { __typename } }', {}, READ),
    ]);
    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual([
      'SCOPE_MISSING',
      'NOT_FOR_CHANNELS',
      'SCOPE_MISSING',
    ]);
  });
});
