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
