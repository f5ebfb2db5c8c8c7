import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONTRACT } from './testing/contract.js';
import { startPartnerApp, type PartnerApp } from './testing/partner-app.js';

let test: PartnerApp;

async function read(path: string): Promise<unknown> {
  const answer = await test.agent.get(path);
  expect([answer.status, answer.type]).toEqual([200, 'application/json']);
  return answer.body as unknown;
}

beforeAll(async () => {
  test = await startPartnerApp();
});
afterAll(() => test.close());

it('lists the contracts and gives each as JSON, to anybody', async () => {
  expect(await read('/openapi')).toEqual({
    documents: [
      { title: 'Availability', version: '1.0.0', url: '/openapi/availability.json' },
      { title: 'Drift', version: '1.0.0', url: '/openapi/drift.json' },
      { title: 'Hold rules', version: '1.0.0', url: '/openapi/hold-rules.json' },
      { title: expect.any(String) as string, version: '1.0.0', url: '/openapi/operations.json' },
      { title: 'Partner orders', version: '1.0.0', url: '/openapi/partner.json' },
      { title: 'Policies', version: '1.0.0', url: '/openapi/policies.json' },
      { title: 'Stock facts', version: '1.0.0', url: '/openapi/stock.json' },
      { title: 'Warehouse contract', version: expect.any(String) as string, url: '/openapi/wms.json' },
    ],
  });
  expect(await read('/openapi/partner.json')).toEqual(CONTRACT);
  expect(await read('/openapi/wms.json')).toMatchObject({ openapi: '3.1.1', info: { title: 'Warehouse contract' } });
});

it.each(['other.json', 'partner', 'partner.yaml', '..%2Fpartner.json'])('knows no %s', async (file) => {
  const { status } = await test.agent.get(`/openapi/${file}`);
  expect(status).toBe(404);
});
