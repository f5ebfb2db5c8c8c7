import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSapSandbox, type SapSandbox } from './sap-sandbox.js';
import { SALES_ORDER_SERVICE } from '../sap-s4hana.wire.js';

const HEADER = {
  SalesOrderType: 'OR',
  SalesOrganization: '1710',
  DistributionChannel: '10',
  OrganizationDivision: '00',
  SoldToParty: '17100001',
  PurchaseOrderByCustomer: 'KEY-1',
};
const ITEM = { Material: 'TG11', RequestedQuantity: '3', RequestedQuantityUnit: 'PC' };

const bodySchema = z.object({
  d: z
    .object({
      SalesOrder: z.string(),
      RequestedQuantity: z.string(),
      __count: z.string(),
      __metadata: z.object({ etag: z.string() }),
      results: z.array(z.looseObject({ __metadata: z.object({ type: z.string() }) })),
    })
    .partial()
    .optional(),
  error: z
    .object({
      message: z.object({ value: z.string() }),
      innererror: z.object({ errordetails: z.array(z.object({ message: z.string() })) }),
    })
    .optional(),
});

describe('the SAP sandbox', () => {
  let sandbox: SapSandbox;
  let headers: Record<string, string>;
  beforeAll(async () => {
    sandbox = await startSapSandbox({ materials: ['TG11'], decisionDelayMs: 0 });
    const authorization = `Basic ${btoa(`${sandbox.user}:${sandbox.password}`)}`;
    const session = await fetch(`${sandbox.url}${SALES_ORDER_SERVICE}/`, {
      method: 'HEAD',
      headers: { authorization, 'x-csrf-token': 'Fetch' },
    });
    headers = {
      authorization,
      'content-type': 'application/json',
      'x-csrf-token': session.headers.get('x-csrf-token') ?? '',
      cookie: session.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; '),
    };
  });
  afterAll(() => sandbox.close());

  const send = async (method: string, path: string, body?: object, more: Record<string, string> = {}) => {
    const answer = await fetch(`${sandbox.url}${SALES_ORDER_SERVICE}/${path}`, {
      method,
      headers: { ...headers, ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      token: answer.headers.get('x-csrf-token'),
      text,
      ...(text.startsWith('{') ? bodySchema.parse(JSON.parse(text)) : {}),
    };
  };
  const create = (change: object = {}, item: object = {}) =>
    send('POST', 'A_SalesOrder', { ...HEADER, ...change, to_Item: { results: [{ ...ITEM, ...item }] } });

  it.each([
    { why: 'a property that the metadata does not know', change: { Customer: '1' }, said: /'Customer' is invalid/ },
    { why: 'a read-only property', change: { TotalNetAmount: '1.00' }, said: /'TotalNetAmount' cannot be set/ },
    { why: 'a value that is too long', change: { PurchaseOrderByCustomer: 'x'.repeat(36) }, said: /length of 35/ },
    { why: 'a date that is none', change: { PricingDate: '2026-01-01' }, said: /not of type Edm.DateTime/ },
    { why: 'a number where a decimal string must be', item: { RequestedQuantity: 3 }, said: /not of type Edm.Decimal/ },
    { why: 'too many decimals', item: { RequestedQuantity: '1.0001' }, said: /not of type Edm.Decimal/ },
    { why: 'an incomplete document', change: { SoldToParty: '' }, said: /enter SoldToParty/ },
    { why: 'an unknown material', item: { Material: 'X' }, said: /Material X is not defined for sales org. 1710/ },
  ])('refuses $why in its error envelope', async ({ change, item, said }) => {
    const { status, error } = await create(change, item);
    expect(status).toBe(400);
    expect(error?.message.value).toMatch(said);
    expect(error?.innererror.errordetails[0]?.message).toMatch(said);
    expect(sandbox.salesOrders()).toHaveLength(0);
  });

  it('asks for user, token and etag', async () => {
    expect((await send('GET', 'A_SalesOrder', undefined, { authorization: '' })).status).toBe(401);
    const forged = await send('POST', 'A_SalesOrder', HEADER, { 'x-csrf-token': 'forged' });
    expect([forged.status, forged.token]).toEqual([403, 'Required']);
    const { d } = await create();
    const item = `A_SalesOrderItem(SalesOrder='${d?.SalesOrder}',SalesOrderItem='10')`;
    const change = { RequestedQuantity: '2' };
    expect((await send('PATCH', item, change)).status).toBe(428);
    expect((await send('PATCH', item, change, { 'if-match': 'W/"old"' })).status).toBe(412);
    expect((await send('PATCH', item, change, { 'if-match': d?.__metadata?.etag ?? '' })).status).toBe(204);
    expect((await send('GET', item)).d?.RequestedQuantity).toBe('2');
  });

  it('takes the same customer reference twice, and finds, counts, pages and selects', async () => {
    await create({ PurchaseOrderByCustomer: 'TWICE' });
    await create({ PurchaseOrderByCustomer: 'TWICE' });
    const filter = encodeURIComponent(
      "(PurchaseOrderByCustomer eq 'TWICE' or SalesOrder eq '1') and SalesOrderType eq 'OR'",
    );
    const { d } = await send(
      'GET',
      `A_SalesOrder?$filter=${filter}&$inlinecount=allpages&$top=1&$skip=1&$select=PurchaseOrderByCustomer`,
    );
    expect(d?.__count).toBe('2');
    expect(d?.results).toEqual([
      { __metadata: { type: 'API_SALES_ORDER_SRV.A_SalesOrderType' }, PurchaseOrderByCustomer: 'TWICE' },
    ]);
    expect((await send('GET', 'A_SalesOrder?$select=Nonsense')).status).toBe(400);
    expect((await send('GET', 'A_SalesOrder?$filter=SalesOrder%20gt%201')).status).toBe(400);
  });

  it('shows its metadata document', async () => {
    const { status, text } = await send('GET', '$metadata');
    expect(status).toBe(200);
    expect(text).toContain('<EntityType Name="A_SalesOrderType"');
  });
});
