import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isLeafType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReplayDesk } from '../../process-apis/replay/index.js';
import type { Order } from '../../src/model/order.js';
import { currentGraphSchema } from '../../test/support/graph-schema.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { startGraphHub, type Answer, type GraphHub } from './spec-support.js';

const NESTING_MAX = 12;
const SCOPES = [
  'orders:read',
  'pii:read',
  'exceptions:read',
  'operations:read',
  'policies:read',
  'audit:read',
  'kpi:read',
  'stock:read',
  'availability:read',
  'availability:explain',
  'messages:read',
  'replay:run',
  'graphql:arbitrary',
];

const NO_LIMITS = {
  ENTREPOT_GRAPHQL_COST_MAX: '1000000',
  ENTREPOT_GRAPHQL_DEPTH_MAX: '100',
  ENTREPOT_GRAPHQL_ALIASES_MAX: '1000',
};

let database: TestDatabase;
let hub: GraphHub;
let schema: GraphQLSchema;
let order: Order;
let replayId: string;
const seen = new Set<string>();

beforeAll(async () => {
  schema = await currentGraphSchema();
  database = await createTestDatabase();
  hub = await startGraphHub(NO_LIMITS, database);
  hub.intake.register('test', () => ({
    outcome: 'REFUSED',
    reason: 'TIME_NOT_READABLE',
    detail: 'no date',
    pointer: '/at',
  }));
  await hub.orders.accept('shop-eu', ['F-1', 'F-2']);
  order = await hub.orders.fulfill('shop-eu', 'F-1');
  const account = { id: 'shop-eu', kind: 'test', name: 'shop-eu', active: true, settings: {} };
  await hub.intake.receive({ account, topic: 't', messageId: 'm-1', body: Buffer.from('{}') });
  const selection = { channel: 'shop-eu' };
  replayId = (
    await new ReplayDesk(hub.pool).start({ kind: 'MESSAGES', selection, dryRun: true, perSecond: 1, actor: 'ada' })
  ).id;
  await hub.pool.query(
    `insert into publication (channel, listing_sku, wanted, cause) values ('shop-eu', 'L-SKU-1', 4, 'c');
     insert into told_quantity (channel, listing_sku, quantity, cause, outcome) values ('shop-eu', 'L-SKU-1', 8, 'a', 'ACCEPTED');
     insert into lot (sku, node, lot, on_hand, reserved) values ('SKU-1', 'dc-north', 'L-1', 3, 0);
     insert into expected_supply (id, kind, source, document, sku, node, expected_at, announced)
       values ('po-1', 'PURCHASE_ORDER', 'erp', 'PO-1', 'SKU-1', 'dc-north', now(), 10);
     insert into stock_feed (source, node, last_sequence, refused) values ('erp', 'dc-north', 12, 0);
     insert into exception (id, key, category, group_key, severity, owner, sentence, scope, due_at)
       values ('0199aaaa-0000-7000-8000-000000000001', 'k', 'LATE', 'g', 'LOW', 'INTEGRATION', 'late', 'shop-eu', now());
     insert into drift_run (id, system, subject, trigger) values ('0199aaaa-0000-7000-8000-000000000002', 'ERP', 'dc-north', 'DEMAND');
     insert into drift (run_id, key, ours, theirs, explanation, detail, healing)
       values ('0199aaaa-0000-7000-8000-000000000002', 'A', 1, 2, 'UNKNOWN', 'x', 'NONE')`,
  );
});
afterAll(() => hub.close());

/** What arguments must be given, by their coordinate. */
function given(): Readonly<Record<string, string>> {
  const id = JSON.stringify(order.id);
  const all = JSON.stringify([order.id, order.lines[0]?.id, order.shipments[0]?.id]);
  return {
    'Query.order(id:)': id,
    'Query.orderByReference(channel:)': '"shop-eu"',
    'Query.orderByReference(reference:)': '"F-1"',
    'Query.node(id:)': id,
    'Query.nodes(ids:)': all,
    'Query.item(sku:)': '"SKU-1"',
    'Query.channel(key:)': '"shop-eu"',
    'Query.system(name:)': '"bank"',
    'Query.message(id:)': id,
    'Query.facts(orderId:)': id,
    'Query.sourcingDryRun(input:)': '{channel: "shop-eu", lines: [{sku: "SKU-1", quantity: 1}]}',
    'Query.exception(id:)': '"0199aaaa-0000-7000-8000-000000000001"',
    'Query.messageBody(id:)': id,
    'Query.replayRun(id:)': JSON.stringify(replayId),
    'Query.replayChanges(id:)': JSON.stringify(replayId),
    'Query.availability(channel:)': '"shop-eu"',
    'Query.availability(skus:)': '["SKU-1"]',
    'Query.position(sku:)': '"SKU-1"',
    'Query.position(node:)': '"dc-north"',
    'Query.search(text:)': '"F-1"',
    'Query.kpiSeries(kpi:)': firstOf('Kpi'),
    'Query.kpiSeries(from:)': JSON.stringify(new Date().toISOString().slice(0, 10)),
  };
}

function firstOf(name: string): string {
  const type = schema.getType(name);
  if (!isEnumType(type)) throw new Error(`${name} is no enum`);
  return type.getValues()[0]?.name ?? '';
}

/** All fields of a type and of what hangs on it; what was selected already only by its name. */
function selectionOf(type: GraphQLCompositeType, selected: Set<string>, depth = 0): string {
  if (selected.has(type.name) || depth > NESTING_MAX) return '{ __typename }';
  selected.add(type.name);
  // Members of unions may have fields of one name and different types: each gets a name of its own.
  if (!isObjectType(type)) {
    const members = schema
      .getPossibleTypes(type)
      .map((member) => `... on ${member.name} ${selectionOf(member, selected, depth + 1)}`);
    return `{ __typename ${members.join(' ')} }`;
  }
  const fields = Object.values(type.getFields()).map((field) => {
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? ` ${selectionOf(named, selected, depth + 1)}` : '';
    return `${type.name}_${field.name}: ${field.name}${argumentsOf(type.name, field)}${below}`;
  });
  return `{ __typename ${fields.join(' ')} }`;
}

function argumentsOf(typeName: string, { name, args }: GraphQLField<unknown, unknown>): string {
  const values = given();
  const texts = args.flatMap((argument) => {
    const value = values[`${typeName}.${name}(${argument.name}:)`];
    if (value !== undefined) return [`${argument.name}: ${value}`];
    if (isWanted(argument)) throw new Error(`say what ${typeName}.${name}(${argument.name}:) is to be`);
    return [];
  });
  return texts.length === 0 ? '' : `(${texts.join(', ')})`;
}

function isWanted({ type, defaultValue }: GraphQLArgument): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

function remember(value: unknown): void {
  if (Array.isArray(value)) value.forEach(remember);
  else if (typeof value === 'object' && value !== null) {
    if ('__typename' in value && typeof value.__typename === 'string') seen.add(value.__typename);
    Object.values(value).forEach(remember);
  }
}

/** A document for each field of Query, by the field's name. */
function documents(): readonly (readonly [name: string, document: string])[] {
  return Object.values(schema.getQueryType()?.getFields() ?? {}).map((field) => {
    const named = getNamedType(field.type);
    const below = isLeafType(named) || !isCompositeType(named) ? '' : selectionOf(named, new Set());
    return [field.name, `{ ${field.name}${argumentsOf('Query', field)} ${below} }`];
  });
}

/** What another instant answers otherwise. */
function withoutInstants(answer: unknown): unknown {
  const text = JSON.stringify(answer);
  return JSON.parse(
    text.replaceAll(/"20\d\d-\d\d-\d\dT[^"]+"/g, '"then"').replaceAll(/("\w+_ageSeconds":)\d+/g, '$10'),
  );
}

describe('every field that can be queried', () => {
  it('answers without an error, with all that hangs on it', async () => {
    const asked = documents();
    expect(asked.length).toBeGreaterThan(30);
    const failures: unknown[] = [];
    for (const [name, query] of asked) {
      const { data, errors } = await hub.post(query, {}, { scopes: SCOPES });
      if (errors !== undefined) failures.push([name, errors.slice(0, 3)]);
      remember(data);
    }
    expect(failures).toEqual([]);
  }, 60_000);

  it('of records that are there', () => {
    const wanted = [
      'Order',
      'OrderLine',
      'FulfillmentOrder',
      'Shipment',
      'Package',
      'Exception',
      'StoredMessage',
      'Fact',
      'Task',
      'TaskBacklog',
      'AuditEntry',
      'System',
      'Operation',
      'Breaker',
      'RateBudget',
      'Channel',
      'Item',
      'Listing',
      'FulfillmentNode',
      'Position',
      'Lot',
      'ExpectedSupply',
      'Publication',
      'Telling',
      'StockFeed',
      'DriftRun',
      'Drift',
      'ReplayRun',
      'SourcingDryRun',
      'SourcingNode',
    ];
    expect(wanted.filter((type) => !seen.has(type))).toEqual([]);
  });

  it('answers the same when its document is a trusted one, which is run as compiled code', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'entrepot-every-field-'));
    for (const [name, query] of documents()) writeFileSync(join(directory, `${name}.graphql`), query);
    const kept = { url: database.url, drop: () => Promise.resolve() };
    const other = await startGraphHub({ ...NO_LIMITS, ENTREPOT_TRUSTED_DOCUMENTS: directory }, kept);
    try {
      const authorization = `Bearer ${await other.token({ scopes: SCOPES })}`;
      for (const [name, query] of documents()) {
        const answer = await request(other.url)
          .post('/graphql')
          .set('authorization', authorization)
          .send({ documentId: name });
        const sent = await other.post(query, {}, { scopes: SCOPES });
        expect({ name, answer: withoutInstants(answer.body) }).toEqual({ name, answer: withoutInstants(sent) });
      }
    } finally {
      await other.close();
      rmSync(directory, { recursive: true });
    }
  }, 60_000);
});

/** The fields of types that were refused, by coordinate. Fails where one took more with it than itself. */
function refused({ data, errors = [] }: Answer): readonly string[] {
  return errors.map(({ path = [], message, extensions: { code } }) => {
    expect([message, code]).toEqual([message, expect.stringMatching(/^(SCOPE_MISSING|NOT_FOR_CHANNELS)$/)]);
    let standing: unknown = data;
    for (const key of path) {
      expect([path, standing]).toEqual([path, expect.any(Object)]);
      standing = Reflect.get(standing as object, key as PropertyKey);
    }
    expect([path, standing]).toEqual([path, null]);
    const name = String(path.at(-1));
    return path.length === 1 ? `Query.${name}` : name.replace('_', '.');
  });
}

/** The scope that a field of Query says it needs. */
function scopeOf(name: string): string {
  const { description } = schema.getQueryType()?.getFields()[name] ?? {};
  return /needs the scope `([\w:]+)`/i.exec(description ?? '')?.[1] ?? 'orders:read';
}

/** Fields that can be read and that say that they need a scope, by coordinate; what is at the root needs one unless it is a node. */
function guarded(): readonly string[] {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type));
  return types
    .filter(({ name }) => !['Mutation', 'Subscription'].includes(name))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ name, description, args }) =>
          type.name === 'Query'
            ? !/^nodes?$/.test(name)
            : [description, ...args.map((argument) => argument.description)].some((text) =>
                /needs the scope/i.test(text ?? ''),
              ),
        )
        .map(({ name }) => `${type.name}.${name}`),
    );
}

describe('a field that the caller may not ask for', () => {
  it('is null by itself, whether it is at the root or far below, and says which scope it needs', async () => {
    const found = new Set<string>();
    const roots = Object.values(schema.getQueryType()?.getFields() ?? {}).map((field) => {
      const below = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
      return `${field.name}${argumentsOf('Query', field)}${below}`;
    });
    for (const name of refused(await hub.post(`{ ${roots.join(' ')} }`, {}, { scopes: [] }))) found.add(name);
    for (const [name, query] of documents()) {
      const asked = query.replaceAll('Order_parties: parties', '$&(reveal: true)');
      for (const answer of [
        await hub.post(asked, {}, { scopes: [scopeOf(name)] }),
        await hub.post(asked, {}, { scopes: [scopeOf(name)], channel: 'shop-eu' }),
        await hub.post(query, {}, { scopes: SCOPES, channel: 'shop-eu' }),
      ])
        for (const coordinate of refused(answer)) found.add(coordinate);
    }
    expect([...found].toSorted()).toEqual(guarded().toSorted());
  }, 60_000);
});
