import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/until.js';
import { readAudits } from '../../../src/platform/audit/index.js';
import { fieldOf, startGraphHub, type Answer, type GraphHub, type TokenWish } from '../spec-support.js';

const READ = ['operations:read'];
const WRITE = { scopes: [...READ, 'operations:write'], subject: 'ada' };

let hub: GraphHub;

beforeAll(async () => {
  hub = await startGraphHub();
  await hub.pool.query(
    `insert into drift_run (id, system, subject, trigger, started_at, finished_at, compared, equal, units_compared, units_off)
     select ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'CHANNEL', 'shop-eu', 'SCHEDULE',
            now() - n * interval '1 hour', now(), 10, 9, 100, n
     from generate_series(1, 3) as n`,
  );
  await hub.pool.query(
    `insert into drift (run_id, key, ours, theirs, explanation, detail, healing)
     select r.id, k, 5, case when k = 'B' then null else 3 end, 'UNKNOWN', 'seen for the first time', 'NONE'
     from drift_run r, unnest(array['A', 'B', 'C']) as k`,
  );
});
afterAll(() => hub.close());

function send(query: string, wish: TokenWish = { scopes: READ }): Promise<Answer> {
  return hub.post(query, {}, wish);
}

async function ask(query: string, field: string, wish?: TokenWish): Promise<unknown> {
  return fieldOf(await send(query, wish), field);
}

async function codeOf(query: string, wish?: TokenWish): Promise<string | undefined> {
  return (await send(query, wish)).errors?.[0]?.extensions.code;
}

const RUN = `id system subject trigger startedAt finishedAt compared equal unitsCompared unitsOff error
  drifts(first: 2) { edges { cursor node { key ours theirs explanation detail healing } } pageInfo { hasNextPage endCursor } }`;

const runPage = (first: number) => `{ driftRuns(first: ${first}) { edges { node { ${RUN} } } } }`;

const start = (input: string) =>
  `mutation { startDriftRun(input: ${input}) { __typename ... on DriftRunStarted { run { id trigger finishedAt } }
  ... on DriftSubjectUnknown { message } ... on TooManyDriftRuns { message } } }`;

describe('drift in the graph', () => {
  it('shows comparisons, the latest first, with what differs, page by page', async () => {
    const { edges, pageInfo } = (await ask(
      `{ driftRuns(first: 2, filter: {system: CHANNEL, subject: "shop-eu"}) { edges { node { ${RUN} } } pageInfo { hasNextPage endCursor } } }`,
      'driftRuns',
    )) as {
      edges: { node: { id: string; drifts: { pageInfo: { endCursor: string } } } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
    expect(edges[0]?.node).toMatchObject({
      trigger: 'SCHEDULE',
      unitsOff: 1,
      error: null,
      drifts: {
        edges: [{ node: { key: 'A', theirs: 3 } }, { node: { key: 'B', theirs: null } }],
        pageInfo: { hasNextPage: true },
      },
    });
    expect(pageInfo.hasNextPage).toBe(true);
    const after = edges[0]?.node.drifts.pageInfo.endCursor;
    const rest = `{ driftRuns(after: "${pageInfo.endCursor}") { edges { node { unitsOff drifts(after: "${after}") { edges { node { key } } } } } } }`;
    expect(await ask(rest, 'driftRuns')).toEqual({
      edges: [{ node: { unitsOff: 3, drifts: { edges: [{ node: { key: 'C' } }] } } }],
    });
    expect(await ask('{ driftRuns(filter: {system: WMS}) { edges { cursor } } }', 'driftRuns')).toEqual({ edges: [] });
  });

  it('reads a page with differences in two statements', async () => {
    expect(await hub.countStatements(() => send(runPage(1)))).toHaveLength(2);
    expect(await hub.countStatements(() => send(runPage(3)))).toHaveLength(2);
  });

  it('tells how right the inventory was', async () => {
    const fields = 'day system subject runs compared equal unitsCompared unitsOff accuracy unitAccuracy';
    const days = (await ask(`{ inventoryAccuracy { ${fields} } }`, 'inventoryAccuracy')) as { runs: number }[];
    expect(days.reduce((sum, { runs }) => sum + runs, 0)).toBe(3);
    expect(days[0]).toMatchObject({ system: 'CHANNEL', subject: 'shop-eu', accuracy: 0.9 });
    expect(await ask(`{ inventoryAccuracy(since: "2100-01-01T00:00:00Z") { day } }`, 'inventoryAccuracy')).toEqual([]);
  });

  it('compares when someone asks for it, and writes down who did', async () => {
    const started = (await ask(start('{system: WMS, subject: "dc-north"}'), 'startDriftRun', WRITE)) as {
      run: { id: string; trigger: string };
    };
    expect(started).toMatchObject({ __typename: 'DriftRunStarted', run: { trigger: 'DEMAND', finishedAt: null } });
    const [audit] = await readAudits(hub.pool, 'drift-run', [started.run.id], 1);
    expect(audit).toMatchObject({
      actor: 'ada',
      action: 'START_DRIFT_RUN',
      input: { system: 'WMS', subject: 'dc-north' },
    });
    await eventually(async () => {
      const { edges } = (await ask('{ driftRuns(first: 1) { edges { node { error } } } }', 'driftRuns')) as {
        edges: { node: { error: string | null } }[];
      };
      expect(edges[0]?.node.error).toContain('a***@***.org');
    });
    expect(await ask(start('{system: WMS, subject: "nowhere"}'), 'startDriftRun', WRITE)).toMatchObject({
      __typename: 'DriftSubjectUnknown',
    });
    expect(await codeOf(start('{system: ERP, subject: "dc-north", takeSnapshot: true}'), WRITE)).toBe('BAD_USER_INPUT');
    expect(await codeOf(start('{system: ERP, subject: "dc-north"}'))).toBe('SCOPE_MISSING');
    expect(await codeOf(start('{system: ERP, subject: "dc-north"}'), { ...WRITE, channel: 'shop-eu' })).toBe(
      'NOT_FOR_CHANNELS',
    );
  });

  it('is for the house', async () => {
    for (const query of ['{ driftRuns { edges { cursor } } }', '{ inventoryAccuracy { day } }']) {
      expect(await codeOf(query, { scopes: [] })).toBe('SCOPE_MISSING');
      expect(await codeOf(query, { scopes: READ, channel: 'shop-eu' })).toBe('NOT_FOR_CHANNELS');
    }
  });
});
