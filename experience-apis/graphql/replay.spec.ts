import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldOf, startGraphHub, type Answer, type GraphHub, type TokenWish } from './spec-support.js';

const MAY: TokenWish = { scopes: ['replay:run'], subject: 'ada' };
const RESULT = `{
  __typename
  ... on ReplayTaken { run { id kind selection dryRun perSecond status working lookedAt changed requestedBy startedAt } }
  ... on ReplayRefused { code message pointer }
}`;

let hub: GraphHub;

beforeAll(async () => {
  hub = await startGraphHub();
  await hub.orders.accept('shop-eu', ['R-1']);
});

afterAll(() => hub.close());

async function start(input: object, wish = MAY): Promise<Answer> {
  return hub.post(`mutation ($input: StartReplayInput!) { startReplay(input: $input) ${RESULT} }`, { input }, wish);
}

interface Run {
  readonly id: string;
}

async function started(input: object): Promise<Run> {
  const { run } = fieldOf(await start(input), 'startReplay') as { run: Run };
  return run;
}

describe('replays in the graph', () => {
  it('begin dry, of one selection one at a time, and are stopped and resumed; each step is audited', async () => {
    const input = { kind: 'MESSAGES', selection: { channel: 'shop-eu', from: '2026-03-01T11:00:00+01:00' } };
    const first = await start(input);
    expect(first.data?.['startReplay']).toMatchObject({
      __typename: 'ReplayTaken',
      run: {
        kind: 'MESSAGES',
        selection: { channel: 'shop-eu', from: '2026-03-01T10:00:00.000Z' },
        dryRun: true,
        perSecond: 20,
        status: 'RUNNING',
        working: false,
        lookedAt: 0,
        requestedBy: 'ada',
      },
    });
    expect((await start(input)).data?.['startReplay']).toMatchObject({
      __typename: 'ReplayRefused',
      code: 'ALREADY_RUNNING',
    });
    const { run } = fieldOf(first, 'startReplay') as { run: Run };
    const { id } = run;
    const stopped = await hub.post(`mutation ($id: ID!) { stopReplay(id: $id) ${RESULT} }`, { id }, MAY);
    expect(stopped.data?.['stopReplay']).toMatchObject({ run: { status: 'STOPPED' } });
    const again = await hub.post(`mutation ($id: ID!) { stopReplay(id: $id) ${RESULT} }`, { id }, MAY);
    expect(again.data?.['stopReplay']).toMatchObject({ code: 'NOT_RUNNING' });
    const resumed = await hub.post(`mutation ($id: ID!) { resumeReplay(id: $id) ${RESULT} }`, { id }, MAY);
    expect(resumed.data?.['resumeReplay']).toMatchObject({ run: { status: 'RUNNING' } });
    const { rows } = await hub.pool.query('select actor, action from audit where subject_id = $1 order by id', [id]);
    expect(rows).toEqual([
      { actor: 'ada', action: 'START_REPLAY' },
      { actor: 'ada', action: 'STOP_REPLAY' },
      { actor: 'ada', action: 'RESUME_REPLAY' },
    ]);
  });

  it('are refused with the place in the input', async () => {
    const refused = await start({ kind: 'ORDER', selection: { orderId: 'x' } });
    expect(refused.data?.['startReplay']).toMatchObject({
      code: 'SELECTION_WRONG',
      pointer: '/input/selection/orderId',
    });
    const none = await hub.post(`mutation { stopReplay(id: "none") ${RESULT} }`, {}, MAY);
    expect(none.data?.['stopReplay']).toMatchObject({ code: 'UNKNOWN_RUN' });
  });

  it('are listed in pages, with what they changed', async () => {
    const ids: string[] = [];
    for (const topic of ['a', 'b', 'c'])
      ids.push((await started({ kind: 'MESSAGES', selection: { channel: 'shop-eu', type: topic } })).id);
    const query = `query ($after: Cursor) { replayRuns(first: 2, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
    const page = fieldOf(await hub.post(query, {}, MAY), 'replayRuns') as {
      edges: { node: Run }[];
      pageInfo: { endCursor: string; hasNextPage: boolean };
    };
    expect(page.edges.map(({ node }) => node.id)).toEqual([ids[2], ids[1]]);
    expect(page.pageInfo.hasNextPage).toBe(true);
    const next = await hub.post(query, { after: page.pageInfo.endCursor }, MAY);
    expect(next.data?.['replayRuns']).toMatchObject({ edges: [{ node: { id: ids[0] } }, {}] });

    const detail = { what: 'shop-eu a', before: 'REFUSED', after: 'COMMITTED', orders: [{ reference: 'R-1' }] };
    await hub.pool.query(
      `insert into replay_change (run_id, subject, outcome, detail) values ($1, 'message/1', 'CHANGED', $2)`,
      [ids[0], JSON.stringify(detail)],
    );
    const changes = await hub.post(
      `query ($id: ID!) {
         replayRun(id: $id) { status }
         replayChanges(id: $id) { edges { node { subject outcome what before after reason orders tasks differences } } }
       }`,
      { id: ids[0] },
      MAY,
    );
    expect(changes.data).toEqual({
      replayRun: { status: 'RUNNING' },
      replayChanges: {
        edges: [
          { node: { subject: 'message/1', outcome: 'CHANGED', reason: null, tasks: [], differences: [], ...detail } },
        ],
      },
    });
    expect((await hub.post('{ replayRun(id: "none") { id } }', {}, MAY)).data).toEqual({ replayRun: null });
  });

  it.each([
    ['without the scope', { scopes: ['orders:read', 'orders:write'] }, 'SCOPE_MISSING'],
    ['with a token of one channel', { scopes: ['replay:run'], channel: 'shop-eu' }, 'NOT_FOR_CHANNELS'],
  ])('are for nobody %s', async (_, wish, code) => {
    const asked = await start({ kind: 'MESSAGES', selection: { channel: 'shop-eu' } }, wish);
    const listed = await hub.post('{ replayRuns { edges { node { id } } } }', {}, wish);
    expect([asked.data, listed.data]).toEqual([null, { replayRuns: null }]);
    for (const { errors } of [asked, listed]) expect(errors?.[0]?.extensions.code).toBe(code);
  });
});
