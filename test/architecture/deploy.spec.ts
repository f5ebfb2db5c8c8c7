import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { metricLabels, renderedMetrics } from '../support/rendered-metrics.js';

const ROOT = packageRoot();
const RULES = join(ROOT, 'deploy', 'prometheus', 'rules.yaml');
const RULE_TESTS = join(ROOT, 'deploy', 'prometheus', 'rules.test.yaml');
const DASHBOARD = join(ROOT, 'deploy', 'grafana', 'entrepot.json');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

let sut: HubUnderTest;
let metrics: ReadonlySet<string>;
let labels: ReadonlyMap<string, ReadonlySet<string>>;

beforeAll(async () => {
  sut = await startHubUnderTest();
  metrics = await renderedMetrics(sut);
  labels = metricLabels(sut);
}, 120_000);
afterAll(() => sut.close());

function unknownMetrics(text: string): readonly string[] {
  const named = new Set([...text.matchAll(/\bentrepot_\w+/g)].map(([name]) => name));
  return [...named].filter((name) => !metrics.has(name));
}

/** Labels that a query chooses by and its metric does not have, or groups by and none of its metrics has. */
function unknownLabels(query: string): readonly string[] {
  const selectors = [...query.matchAll(/\b(entrepot_\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', chosen = '']) => ({
    name,
    of: labels.get(name) ?? new Set<string>(),
    chosen: [...chosen.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }));
  const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
  return [
    ...selectors.flatMap(({ name, of, chosen }) =>
      chosen.filter((label) => !of.has(label)).map((label) => `${name}{${label}}`),
    ),
    ...grouped.filter((label) => selectors.length > 0 && !selectors.some(({ of }) => of.has(label))),
  ];
}

describe('the alert rules', () => {
  it('ask for metrics that the hub has, and their tests too', async () => {
    for (const file of [RULES, RULE_TESTS]) expect(unknownMetrics(await readFile(file, 'utf8'))).toEqual([]);
  });

  it('choose and group by labels that those metrics have, and their tests too', async () => {
    const { groups } = parse(await readFile(RULES, 'utf8')) as {
      readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
    };
    const queries = groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
    expect(queries.flatMap(unknownLabels)).toEqual([]);
    const series = [...(await readFile(RULE_TESTS, 'utf8')).matchAll(/series: '(.*)'/g)].map(([, one = '']) => one);
    expect(series.length).toBeGreaterThan(queries.length);
    expect(series.flatMap(unknownLabels)).toEqual([]);
  });

  it('lead to a runbook each, and each runbook of an alert has a rule', async () => {
    const rules = await readFile(RULES, 'utf8');
    const linked = [...rules.matchAll(/runbook_url: (docs\/runbooks\/[\w-]+\.md)/g)].map(([, path = '']) => path);
    expect(linked).toHaveLength([...rules.matchAll(/- alert: /g)].length);
    const pages: string[] = [];
    for await (const page of glob('docs/runbooks/alert-*.md', { cwd: ROOT })) pages.push(page);
    expect([...new Set(linked)].toSorted()).toEqual(pages.toSorted());
  });

  it('are each tested', async () => {
    const [rules, tests] = await Promise.all([readFile(RULES, 'utf8'), readFile(RULE_TESTS, 'utf8')]);
    const names = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    expect(names.filter((name) => !tests.includes(`alertname: ${name}\n`))).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('asks for metrics that the hub has', async () => {
    expect(unknownMetrics(await readFile(DASHBOARD, 'utf8'))).toEqual([]);
  });

  it('chooses and groups by labels that those metrics have', async () => {
    const { panels } = JSON.parse(await readFile(DASHBOARD, 'utf8')) as { readonly panels: readonly Panel[] };
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.flatMap(unknownLabels)).toEqual([]);
    expect(unknownLabels('sum by (kind) (entrepot_tasks_dead{queue="x"})')).toEqual(['entrepot_tasks_dead{queue}']);
    expect(unknownLabels('max by (queue) (entrepot_tasks_dead)')).toEqual(['queue']);
  });

  it('has panels with a query and a title each, that do not lie on one another', async () => {
    const { panels } = JSON.parse(await readFile(DASHBOARD, 'utf8')) as { readonly panels: readonly Panel[] };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = new Set<string>();
    for (const { title, type, gridPos, targets = [] } of panels) {
      expect(title).not.toBe('');
      expect([title, targets.length > 0]).toEqual([title, type !== 'row']);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect([title, cells.has(`${x}/${y}`)]).toEqual([title, false]);
          cells.add(`${x}/${y}`);
        }
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
  });
});
