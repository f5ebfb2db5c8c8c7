import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrackingStatus } from '../../../src/model/order.js';
import { CARRIER_PORT, type CarrierPort, type TrackParcel } from '../carrier.port.js';
import { describeCarrierConformance, type CarrierUnderTest } from '../conformance/carrier.conformance.js';
import { EasyPostAdapter } from './easypost.adapter.js';
import { EasyPostClient } from './easypost.client.js';
import { EasyPostSettings } from './easypost.settings.js';
import { startEasyPostSandbox, type EasyPostSandbox } from './sandbox/easypost-sandbox.js';
import { API_KEY, RememberingSink, SECRET, settingsFor, SpecSecrets, startHubEdge } from './testing/spec-support.js';

const WORDS: Readonly<Record<TrackingStatus, string>> = {
  IN_TRANSIT: 'in_transit',
  OUT_FOR_DELIVERY: 'out_for_delivery',
  DELIVERED: 'delivered',
  FAILED: 'failure',
  RETURNING: 'return_to_sender',
};

let parcels = 0;

function aParcel(carrier = 'DHL'): TrackParcel {
  parcels += 1;
  return { packageId: `package-${parcels}`, carrier, trackingNumber: `JD01460${parcels}`, mayExist: false };
}

function startSandbox(): Promise<EasyPostSandbox> {
  return startEasyPostSandbox({ apiKey: API_KEY, webhookSecret: SECRET, unknownCodes: ['NO-SUCH'] });
}

async function setup(): Promise<CarrierUnderTest> {
  const sandbox = await startSandbox();
  sandbox.pause();
  sandbox.duplicateEvents(true);
  const sink = new RememberingSink();
  const hub = await startHubEdge(sink, sandbox.url);
  sandbox.setHub(hub.url);
  return {
    port: hub.app.get<CarrierPort>(CARRIER_PORT),
    aParcel,
    anUnknownParcel: () => ({ ...aParcel(), trackingNumber: 'NO-SUCH' }),
    held: (parcel) => sandbox.trackers(parcel.trackingNumber).length,
    see: (trackerId, status) => sandbox.scan(trackerId, WORDS[status]),
    forget: (trackerId) => sandbox.deleteTracker(trackerId),
    loseNextAnswer: () => sandbox.failNext({ times: 1, mode: 'after' }),
    setDown: (down) => sandbox.setDown(down),
    told: (trackerId) => sink.states.filter((state) => state.trackerId === trackerId),
    close: async () => {
      await sandbox.close();
      await hub.app.close();
    },
  };
}

describeCarrierConformance('EasyPost', setup);

describe('EasyPostAdapter', () => {
  let sandbox: EasyPostSandbox;
  let client: EasyPostClient;
  let adapter: EasyPostAdapter;

  // Anew for each: a system that asked to be left alone is left alone by whoever comes next.
  beforeEach(async () => {
    sandbox = await startSandbox();
    sandbox.pause();
    const settings = EasyPostSettings.parse({ ...settingsFor(`${sandbox.url}/`), timeoutMs: 300 });
    client = new EasyPostClient(settings, new SpecSecrets());
    adapter = new EasyPostAdapter(client, settings);
  });
  afterEach(async () => {
    await client.onApplicationShutdown();
    await sandbox.close();
  });

  it('shows its API key as Basic authentication, and names a wrong one', async () => {
    const settings = EasyPostSettings.parse({ ...settingsFor(sandbox.url), apiKeySecret: 'EASYPOST_NEW' });
    const stranger = new EasyPostClient(settings, new SpecSecrets());
    await expect(new EasyPostAdapter(stranger, settings).track(aParcel())).rejects.toMatchObject({
      kind: 'authentication',
      details: { system: 'easypost', operation: 'trackers.create', status: 401 },
    });
    await stranger.onApplicationShutdown();
  });

  it.each([
    [429, 'throttled'],
    [503, 'transient'],
    [422, 'rejected'],
  ])('takes an answer %d as %s', async (status, kind) => {
    sandbox.failNext({ times: 1, mode: 'before', status });
    await expect(adapter.track(aParcel())).rejects.toMatchObject({ kind, details: { status } });
  });

  it('quotes the code of an error and nothing else', async () => {
    sandbox.failNext({ times: 1, mode: 'before', status: 422 });
    await expect(adapter.track(aParcel())).rejects.toThrow('answered trackers.create with 422: FAILED.ON.DEMAND');
  });

  it('does not take an answer that is no tracker for one', async () => {
    sandbox.failNext({ times: 1, mode: 'garbage' });
    await expect(adapter.track(aParcel())).rejects.toMatchObject({
      kind: 'contract',
      details: { outcomeUnknown: true },
    });
  });

  it('does not wait longer than it is told to', async () => {
    const parcel = aParcel();
    sandbox.setDelay(1_000);
    await expect(adapter.track(parcel)).rejects.toMatchObject({ kind: 'transient', details: { outcomeUnknown: true } });
    sandbox.setDelay(0);
    await adapter.track({ ...parcel, mayExist: true });
    expect(sandbox.trackers(parcel.trackingNumber)).toHaveLength(1);
  });

  it('names carriers as EasyPost does, and tells a number of one carrier from that of another', async () => {
    const parcel = aParcel();
    await adapter.track(parcel);
    expect(sandbox.trackers(parcel.trackingNumber)).toMatchObject([{ carrier: 'DHLExpress' }]);
    await adapter.track({ ...parcel, carrier: 'UPS', mayExist: true });
    expect(sandbox.trackers(parcel.trackingNumber).map(({ carrier }) => carrier)).toEqual(['DHLExpress', 'UPS']);
  });

  it('asks for settings that can work', () => {
    const { url: _, ...good } = settingsFor('');
    expect(EasyPostSettings.parse(good)).toMatchObject({ url: 'https://api.easypost.com' });
    expect(() => EasyPostSettings.parse({ ...good, url: 'ftp://127.0.0.1' })).toThrow('url');
    expect(() => EasyPostSettings.parse({ ...good, webhookSecrets: [] })).toThrow('webhookSecrets');
    expect(() => EasyPostSettings.parse({ ...good, apiKey: 'x' })).toThrow('apiKey');
  });
});
