import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { startWmsSandbox, type NewStockEvent, type WmsSandbox } from './sandbox/wms-sandbox.js';
import { aRelease, SECRET, TOKEN } from './testing/spec-support.js';
import { startRecordingHub, type RecordingHub } from './testing/recording-hub.js';
import { WireEventBatch, WireReleaseEvents } from './wms-rest-event.wire.js';
import {
  WireCancellationAnswer,
  WireCancellationRequest,
  WireReleaseBatch,
  WireReleaseResults,
  WireReleaseStatus,
} from './wms-rest-release.wire.js';
import { toWireRelease } from './wms-rest.mapper.js';
import { WireStockPage } from './wms-rest-stock.wire.js';

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

const FILE = new URL('../../../schema/openapi/wms.yaml', import.meta.url);
const contract = parse(readFileSync(FILE, 'utf8')) as JsonObject & {
  readonly components: { readonly schemas: Readonly<Record<string, JsonObject>> };
};
const SCHEMAS = contract.components.schemas;

/** Receivers ignore unknown fields; what we send ourselves must have none, or a misspelt optional field would pass. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return (schema as readonly Json[]).map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema as JsonObject).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inner ? { ...inner, additionalProperties: false } : inner;
}

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema({ components: { schemas: closed(SCHEMAS) } }, 'wms');

/** What does not fit, or null. */
function misfits(name: string, value: unknown): ValidateFunction['errors'] {
  const validate = ajv.compile({ $ref: `wms#/components/schemas/${name}` });
  validate(value);
  return validate.errors;
}

/** What both kinds of schema must agree on. Descriptions and the way of writing a time are the file's and the code's own. */
const COMPARED = [
  'type',
  'const',
  'enum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'format',
] as const;

function rules(schema: JsonObject): Json {
  const ref = schema['$ref'];
  if (typeof ref === 'string') return rules(SCHEMAS[ref.split('/').at(-1) ?? ''] ?? {});
  const variants = (schema['oneOf'] ?? schema['anyOf']) as readonly JsonObject[] | undefined;
  if (variants !== undefined) return { variants: variants.map(rules) };
  const kept = COMPARED.flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key]] as const]));
  // A format brings its own pattern in the code's schema.
  const pattern = schema['format'] === undefined ? schema['pattern'] : undefined;
  const properties = schema['properties'] as Readonly<Record<string, JsonObject>> | undefined;
  return {
    ...Object.fromEntries(kept),
    ...(pattern === undefined ? {} : { pattern }),
    ...(schema['items'] === undefined ? {} : { items: rules(schema['items'] as JsonObject) }),
    ...(properties === undefined
      ? {}
      : {
          required: ((schema['required'] ?? []) as readonly string[]).toSorted(),
          properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, rules(value)])),
        }),
  };
}

describe('schema/openapi/wms.yaml and the wire schemas of the code', () => {
  it.each([
    ['ReleaseBatch', WireReleaseBatch],
    ['ReleaseResults', WireReleaseResults],
    ['ReleaseStatus', WireReleaseStatus],
    ['CancellationRequest', WireCancellationRequest],
    ['CancellationAnswer', WireCancellationAnswer],
    ['EventBatch', WireEventBatch],
    ['ReleaseEvents', WireReleaseEvents],
    ['StockPage', WireStockPage],
  ])('%s says the same in both', (name, schema) => {
    const code = z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as unknown as JsonObject;
    expect(rules(code)).toEqual(rules(SCHEMAS[name] ?? {}));
  });

  it('describes each schema and each field', () => {
    const silent: string[] = [];
    const visit = (schema: JsonObject, path: string): void => {
      if (schema['$ref'] === undefined && schema['description'] === undefined) silent.push(path);
      for (const [key, value] of Object.entries((schema['properties'] ?? {}) as Record<string, JsonObject>))
        visit(value, `${path}.${key}`);
    };
    for (const [name, schema] of Object.entries(SCHEMAS)) visit(schema, name);
    expect(silent).toEqual([]);
  });

  it.each(Object.entries(SCHEMAS).filter(([, schema]) => schema['examples'] !== undefined))(
    'the examples of %s fit it',
    (name, schema) => {
      for (const example of schema['examples'] as readonly Json[]) expect(misfits(name, example)).toBeNull();
    },
  );
});

type DistributiveOmit<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never;

/** One of each type that no other call of the sandbox tells. */
const OTHER_STOCK_EVENTS: readonly DistributiveOmit<NewStockEvent, 'sku' | 'node'>[] = [
  { type: 'stock.adjusted', quantity: -1, reason: 'BROKEN' },
  { type: 'stock.held', quantity: 2, reason: 'DAMAGE' },
  { type: 'stock.hold_lifted', quantity: 1 },
  { type: 'transfer.shipped', quantity: 1, document: 'TO-1', otherNode: 'DC-WEST', expectedAt: '2026-01-05T08:00:00Z' },
  { type: 'transfer.received', quantity: 1, document: 'TO-2', otherNode: 'DC-WEST', serials: ['SN-1'] },
  {
    type: 'stock.announced',
    quantity: 9,
    document: 'PO-1',
    supply: 'PURCHASE_ORDER',
    expectedAt: '2026-01-05T08:00:00Z',
  },
  { type: 'stock.announcement_cancelled', quantity: 3, document: 'PO-1' },
];

describe('what the hub and the sandbox send, under schema/openapi/wms.yaml', () => {
  let hub: RecordingHub;
  let sandbox: WmsSandbox;
  beforeAll(async () => {
    hub = await startRecordingHub(SECRET);
    sandbox = await startWmsSandbox({
      token: TOKEN,
      webhookSecret: SECRET,
      hub: hub.url,
      pickMs: 0,
      packMs: 0,
      shipMs: 0,
      variation: { partialShipments: 0.3, severalPackages: 0.4, shortPicks: 0.3, rejections: 0.1 },
      unknownSkus: ['GONE'],
      serialSkus: ['CAM-1'],
      unitFactors: { COFFEE: { CASE: 12 } },
      nodes: ['DC-EAST'],
      positionsPerPage: 1,
    });
  });
  afterAll(async () => {
    await sandbox.close();
    await hub.close();
  });

  const call = (path: string, body?: object): Promise<Response> =>
    fetch(`${sandbox.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it('releases, their results and each event that follows fit the contract', async () => {
    const kit = {
      lineId: 'kit',
      sku: 'BREAKFAST-BOX',
      quantity: 3,
      components: [
        { sku: 'COFFEE', quantity: 1 },
        { sku: 'MUG', quantity: 2 },
      ],
      lots: [{ sku: 'COFFEE', lot: 'L1', quantity: 1 }],
    };
    const releases = Array.from({ length: 100 }, (_, index) => aRelease(index % 10 === 0 ? { lines: [kit] } : {}));
    const batch = { releases: releases.map(toWireRelease) };
    expect(misfits('ReleaseBatch', batch)).toBeNull();
    sandbox.receiveStock({
      sku: 'COFFEE',
      node: 'DC-EAST',
      quantity: 5,
      unit: 'CASE',
      lot: 'L1',
      expiresOn: '2027-03-31',
    });
    const answer = await call('/v1/releases', batch);
    expect(misfits('ReleaseResults', await answer.json())).toBeNull();
    const [refused = ''] = sandbox.releases().map(({ fulfillmentOrderId }) => fulfillmentOrderId);
    sandbox.carrierRefuses(refused, 'No delivery to this postal code.');
    sandbox.carrierTakes(refused);
    sandbox.receiveStock({ sku: 'CAM-1', node: 'DC-EAST', quantity: 12 });
    sandbox.countStock({ sku: 'CAM-1', node: 'DC-EAST', quantity: 0, document: 'count-1' });
    for (const event of OTHER_STOCK_EVENTS) sandbox.tellStock({ ...event, sku: 'TEE-BLK-M', node: 'DC-EAST' });

    await expect.poll(() => sandbox.releases().every(({ status }) => status === 'SHIPPED')).toBe(true);
    await expect.poll(() => sandbox.untoldEvents()).toBe(0);
    for (const message of hub.messages) expect(misfits('EventBatch', JSON.parse(message.body))).toBeNull();
    for (const release of sandbox.releases()) expect(misfits('ReleaseStatus', release)).toBeNull();
    const told = hub.messages.flatMap(({ body }) => (JSON.parse(body) as WireEventBatch).events);
    expect(new Set(told.map(({ type }) => type))).toEqual(
      new Set([
        'fulfillment.picked',
        'fulfillment.short_picked',
        'fulfillment.packed',
        'fulfillment.carrier_refused',
        'fulfillment.shipped',
        'stock.received',
        'stock.counted',
        ...OTHER_STOCK_EVENTS.map(({ type }) => type),
      ]),
    );
    expect(told.some((event) => event.type === 'fulfillment.short_picked' && event.lines[0]?.sku === 'COFFEE')).toBe(
      true,
    );
    expect(told.some((event) => JSON.stringify(event).includes('"lots":[{"sku":"COFFEE"'))).toBe(true);
    expect(told.some((event) => JSON.stringify(event).includes('"serials":["SN-'))).toBe(true);
  });

  it("each page of a node's stock fits the contract", async () => {
    let next: string | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const query = new URLSearchParams({ node: 'DC-EAST', ...(next === undefined ? {} : { next }) });
      const page = (await (await call(`/v1/stock?${query.toString()}`)).json()) as WireStockPage;
      expect(misfits('StockPage', page)).toBeNull();
      expect(page.positions).toHaveLength(1);
      next = page.next;
      if (next === undefined) break;
    }
    expect(next).toBeUndefined();
  });

  it('rejections, cancellations, status and problems fit the contract', async () => {
    const gone = toWireRelease(aRelease({ lines: [{ lineId: 'l', sku: 'GONE', quantity: 1 }] }));
    const misfit = { fulfillmentOrderId: 'misfit', lines: 'none' };
    const rejected = await call('/v1/releases', { releases: [gone, misfit] });
    const results = (await rejected.json()) as WireReleaseResults;
    expect(misfits('ReleaseResults', results)).toBeNull();
    expect(results.results.map((result) => result.outcome === 'REJECTED' && result.code)).toEqual([
      'UNKNOWN_SKU',
      'NOT_IN_CONTRACT',
    ]);

    const shipped = sandbox.releases()[0]?.fulfillmentOrderId ?? '';
    expect(misfits('ReleaseStatus', await (await call(`/v1/releases/${shipped}`)).json())).toBeNull();
    for (const id of [shipped, 'not-known'])
      expect(
        misfits('CancellationAnswer', await (await call(`/v1/releases/${id}/cancellation`, { reason: 'x' })).json()),
      ).toBeNull();

    for (const [answer, status] of [
      [await call('/v1/releases', { releases: [{}] }), 422],
      [await call('/v1/releases/not-known'), 404],
      [await call('/v1/elsewhere'), 404],
      [await call('/v1/stock'), 422],
      [await call('/v1/stock?node=DC-NOWHERE'), 404],
      [await call('/v1/stock?node=DC-EAST&next=r0.5'), 410],
      [await fetch(`${sandbox.url}/v1/releases/x`), 401],
    ] as const) {
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(misfits('Problem', await answer.json())).toBeNull();
    }
  });
});
