import type { Registry } from 'prom-client';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import type { HubUnderTest } from './hub-under-test.js';

/** The names that Prometheus can ask for: each metric of `GET /metrics`, and of a histogram its three series. */
export async function renderedMetrics(sut: Pick<HubUnderTest, 'http' | 'token'>): Promise<ReadonlySet<string>> {
  const bearer = await sut.token(['metrics:read']);
  const { text } = await sut.http().get('/metrics').set('authorization', `Bearer ${bearer}`).expect(200);
  return new Set(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

/** The labels that each metric may have, with those that Prometheus gives to what it scrapes. */
export function metricLabels({ hub }: Pick<HubUnderTest, 'hub'>): ReadonlyMap<string, ReadonlySet<string>> {
  // A metric without samples shows no labels: those are asked of what will render it.
  const registry = Reflect.get(hub.app.get(Metrics, { strict: false }), 'registry') as Registry;
  const all = registry.getMetricsAsArray() as unknown as readonly {
    readonly name: string;
    readonly labelNames: readonly string[];
  }[];
  return new Map(
    all.flatMap(({ name, labelNames }) => {
      const labels = new Set([...labelNames, 'job', 'instance']);
      const series = ['_sum', '_count'].map((part) => [`${name}${part}`, labels] as const);
      return [[name, labels] as const, ...series, [`${name}_bucket`, new Set([...labels, 'le'])] as const];
    }),
  );
}
