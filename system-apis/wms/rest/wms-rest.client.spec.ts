import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { aRelease, SpecSecrets, TOKEN } from './testing/spec-support.js';
import { WmsRestAdapter } from './wms-rest.adapter.js';
import { WmsRestClient } from './wms-rest.client.js';

/** Warehouses that do not keep the contract: what they answer must not pass for an answer. */
describe('WmsRestClient, against a warehouse that breaks the contract', () => {
  let server: FastifyInstance | undefined;
  let client: WmsRestClient | undefined;
  afterEach(async () => {
    await client?.onApplicationShutdown();
    await server?.close();
  });

  const answering = async (status: number, body: string): Promise<WmsRestAdapter> => {
    server = fastify();
    server.post('/v1/releases', (_request, reply) => reply.code(status).type('application/json').send(body));
    server.get('/v1/stock', (_request, reply) => reply.code(status).type('application/json').send(body));
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    client = new WmsRestClient(
      { url, tokenSecret: 'WMS_TOKEN', webhookSecrets: ['WMS_OLD'], timeoutMs: 2_000 },
      new SpecSecrets(),
    );
    return new WmsRestAdapter(client);
  };

  it.each([
    ['no JSON', '<html>', 'it is not JSON'],
    ['no results', '{}', '/results'],
    ['an unknown outcome', '{"results":[{"outcome":"MAYBE","fulfillmentOrderId":"a"}]}', '/results/0/outcome'],
    [
      'the result of another release',
      '{"results":[{"outcome":"ACCEPTED","fulfillmentOrderId":"a","wmsReference":"W"}]}',
      'no result for the release',
    ],
  ])('%s is a broken contract', async (_, body, said) => {
    const adapter = await answering(200, body);
    await expect(adapter.release([aRelease()])).rejects.toMatchObject({
      kind: 'contract',
      message: expect.stringContaining(said) as string,
      details: { outcomeUnknown: true },
    });
  });

  const asOf = '2026-01-01T11:00:00Z';
  const position = { sku: 'A', onHand: 2, qualityHold: 0 };
  it.each([
    ['a local time', { node: 'DC', asOf: '2026-01-01T11:00:00', positions: [] }, '/asOf'],
    ['less than nothing', { node: 'DC', asOf, positions: [{ ...position, onHand: -1 }] }, '/positions/0/onHand'],
    ['a part of a unit', { node: 'DC', asOf, positions: [{ ...position, onHand: 1.5 }] }, '/positions/0/onHand'],
    [
      'more held than there',
      { node: 'DC', asOf, positions: [{ ...position, qualityHold: 3 }] },
      '/positions/0/qualityHold',
    ],
    ['an item twice', { node: 'DC', asOf, positions: [position, position] }, '/positions'],
    [
      'a day that is none',
      { node: 'DC', asOf, positions: [{ ...position, lots: [{ lot: 'L', expiresOn: '2026-02-30', onHand: 1 }] }] },
      '/positions/0/lots/0/expiresOn',
    ],
    ['another node', { node: 'DC-2', asOf, positions: [] }, 'another node than DC'],
  ])('stock with %s is a broken contract', async (_, page, said) => {
    const adapter = await answering(200, JSON.stringify(page));
    await expect(adapter.readStock('DC')).rejects.toMatchObject({
      kind: 'contract',
      message: expect.stringContaining(said) as string,
    });
  });

  it('keeps the sentences of a problem document out of the error: they may quote a person', async () => {
    const problem = {
      title: 'Bad address',
      detail: 'Erika Example is unknown',
      errors: [{ pointer: '/a', detail: 'Erika' }],
    };
    const adapter = await answering(422, JSON.stringify(problem));
    const error = await adapter.release([aRelease()]).catch((caught: unknown) => caught);
    expect(String(error)).toContain('Bad address (/a)');
    expect(String(error)).not.toContain('Erika');
    expect(String(error)).not.toContain(TOKEN);
  });
});
