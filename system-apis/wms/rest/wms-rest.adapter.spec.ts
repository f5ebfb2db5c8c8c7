import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WMS_PORT, type WmsPort } from '../wms.port.js';
import { describeWmsConformance, type WmsUnderTest } from '../conformance/wms.conformance.js';
import { startWmsSandbox, type WmsSandbox } from './sandbox/wms-sandbox.js';
import { aRelease, RememberingSink, SECRET, SpecSecrets, startHubEdge, TOKEN } from './testing/spec-support.js';
import { WmsRestAdapter } from './wms-rest.adapter.js';
import { WmsRestClient } from './wms-rest.client.js';
import { WmsRestSettings } from './wms-rest.settings.js';

async function setup(): Promise<WmsUnderTest> {
  const sandbox = await startWmsSandbox({
    token: TOKEN,
    webhookSecret: SECRET,
    unknownSkus: ['GONE'],
    nodes: ['DC-EAST', 'DC-STOCK'],
    positionsPerPage: 2,
  });
  sandbox.pause();
  sandbox.duplicateEvents(true);
  const sink = new RememberingSink();
  const hub = await startHubEdge(sink, sandbox.url);
  sandbox.setHub(hub.url);
  return {
    port: hub.app.get<WmsPort>(WMS_PORT),
    aRelease,
    aReleaseToReject: () => aRelease({ lines: [{ lineId: 'gone', sku: 'GONE', quantity: 1 }] }),
    held: (id) => sandbox.releases().filter(({ fulfillmentOrderId }) => fulfillmentOrderId === id).length,
    loseNextAnswer: () => sandbox.failNext({ times: 1, mode: 'after' }),
    setDown: (down) => sandbox.setDown(down),
    work: (id, step) => sandbox.workUntil(id, step),
    refuseByCarrier: (id, reason) => sandbox.carrierRefuses(id, reason),
    facts: (id) => sink.about(id),
    stock: {
      node: 'DC-STOCK',
      unknownNode: 'DC-NOWHERE',
      positionsPerPage: 2,
      receive: (node, sku, quantity) => sandbox.receiveStock({ node, sku, quantity }),
      hold: (node, sku, quantity) => sandbox.tellStock({ type: 'stock.held', node, sku, quantity, reason: 'DAMAGE' }),
      facts: (node) => sink.ofNode(node),
    },
    close: async () => {
      await sandbox.close();
      await hub.app.close();
    },
  };
}

describeWmsConformance('the published warehouse contract', setup);

describe('WmsRestAdapter', () => {
  let sandbox: WmsSandbox;
  let client: WmsRestClient;
  let adapter: WmsRestAdapter;

  const clientWith = (token: string): WmsRestClient =>
    new WmsRestClient(
      WmsRestSettings.parse({ url: `${sandbox.url}/`, tokenSecret: 'T', webhookSecrets: ['W'], timeoutMs: 2_000 }),
      new SpecSecrets({ T: token }),
    );

  beforeAll(async () => {
    sandbox = await startWmsSandbox({ token: TOKEN, webhookSecret: SECRET });
    sandbox.pause();
    client = clientWith(TOKEN);
    adapter = new WmsRestAdapter(client);
  });
  afterAll(async () => {
    await client.onApplicationShutdown();
    await sandbox.close();
  });

  it('names a wrong token as a matter of authentication', async () => {
    const stranger = clientWith('wrong');
    await expect(new WmsRestAdapter(stranger).release([aRelease()])).rejects.toMatchObject({
      kind: 'authentication',
      details: { system: 'wms', operation: 'releaseFulfillments', status: 401 },
    });
    await stranger.onApplicationShutdown();
  });

  it.each([
    { status: 503, kind: 'transient' },
    { status: 429, kind: 'throttled' },
    { status: 409, kind: 'rejected' },
  ])('gives $status as $kind', async ({ status, kind }) => {
    // Its own client: after 429 it rests.
    const own = clientWith(TOKEN);
    sandbox.failNext({ operation: 'release', times: 1, mode: 'before', status });
    await expect(new WmsRestAdapter(own).release([aRelease()])).rejects.toMatchObject({ kind, details: { status } });
    await own.onApplicationShutdown();
  });

  it('rejects other content under a known id, and the work stays as it is', async () => {
    const release = aRelease();
    const [first] = await adapter.release([release]);
    const [second] = await adapter.release([{ ...release, node: 'DC-WEST' }]);
    expect(second).toMatchObject({ outcome: 'REJECTED', code: 'CONTENT_DIFFERS' });
    expect(sandbox.release(release.fulfillmentOrderId)?.node).toBe('DC-EAST');
    expect(await adapter.release([release])).toEqual([first]);
    expect(sandbox.releaseCalls(release.fulfillmentOrderId)).toBe(3);
  });

  it('rejects a release that is not in the contract for itself alone', async () => {
    const results = await adapter.release([aRelease({ lines: [] }), aRelease()]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['REJECTED', 'ACCEPTED']);
  });

  it('reads stock with its lots, in UTC', async () => {
    sandbox.receiveStock({ node: 'DC-EAST', sku: 'COFFEE', quantity: 4, lot: 'L2', expiresOn: '2027-06-30' });
    sandbox.receiveStock({ node: 'DC-EAST', sku: 'COFFEE', quantity: 3, lot: 'L1', expiresOn: '2027-03-31' });
    const { asOf, ...page } = await adapter.readStock('DC-EAST');
    expect(asOf).toMatch(/Z$/);
    expect(page).toEqual({
      node: 'DC-EAST',
      sequence: 2,
      positions: [
        {
          sku: 'COFFEE',
          onHand: 7,
          qualityHold: 0,
          lots: [
            { lot: 'L1', expiresOn: '2027-03-31', onHand: 3 },
            { lot: 'L2', expiresOn: '2027-06-30', onHand: 4 },
          ],
        },
      ],
    });
  });

  it('asks for a node by any name', async () => {
    sandbox.receiveStock({ node: 'Straße 1 & Söhne/2', sku: 'COFFEE', quantity: 4 });
    expect(await adapter.readStock('Straße 1 & Söhne/2')).toMatchObject({ positions: [{ sku: 'COFFEE', onHand: 4 }] });
  });

  it('never sends more than the contract allows', async () => {
    await expect(adapter.release(Array.from({ length: 101 }, () => aRelease()))).rejects.toThrow(RangeError);
  });

  it('asks for settings that can work', () => {
    const good = { url: 'http://127.0.0.1:1', tokenSecret: 'T', webhookSecrets: ['W'] };
    expect(WmsRestSettings.parse(good).timeoutMs).toBeUndefined();
    expect(() => WmsRestSettings.parse({ ...good, url: 'ftp://127.0.0.1' })).toThrow('url');
    expect(() => WmsRestSettings.parse({ ...good, webhookSecrets: [] })).toThrow('webhookSecrets');
    expect(() => WmsRestSettings.parse({ ...good, token: 'x' })).toThrow('token');
  });
});
