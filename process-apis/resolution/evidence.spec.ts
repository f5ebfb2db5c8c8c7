import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../src/model/channel.js';
import { OrderReader } from '../orders/index.js';
import { channelLine, channelOrder } from '../orders/testing/channel-orders.js';
import { failed } from '../fulfillment/index.js';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { EvidenceReader } from './evidence.js';
import { ResolutionHouse, SHOP } from './testing/house.js';

const ACCOUNT: ChannelAccount = { id: SHOP, kind: 'test', name: 'Shop', active: true, settings: {} };
const PARTIES = { shipTo: { name: 'Grace Hopper', line1: 'Harbour street 7', city: 'Bremen', country: 'DE' } };

let house: ResolutionHouse;
let evidence: EvidenceReader;

beforeAll(async () => {
  house = await ResolutionHouse.open();
  const { cipher } = house.parts.hub;
  evidence = new EvidenceReader({ pool: house.pool, cipher, lookup: new OrderReader(house.pool, cipher) });
  house.parts.intake.register('test', (_account, _topic, body) => {
    const { reference } = JSON.parse(body.toString()) as { reference: string };
    const lines = [channelLine('1', 1, { listingSku: 'L-A' })];
    return {
      outcome: 'FACTS',
      facts: [{ kind: 'ORDER', order: channelOrder({ reference, lines, parties: PARTIES }) }],
    };
  });
});
afterAll(() => house.close());

describe('the evidence of an exception', () => {
  it('is what was sent, what was answered and what the channel told, without what names a person', async () => {
    const body = JSON.stringify({ reference: 'EV-1', total: '12.50', shipping: { fullName: 'Grace Hopper' } });
    const message = { account: ACCOUNT, topic: 'orders/create', messageId: randomUUIDv7(), body: Buffer.from(body) };
    const { orders, messageId } = await house.parts.intake.receive(message);
    const orderId = orders[0]?.orderId ?? '';
    const error = new OutsideError('rejected', 'SAP refuses: material 77 is locked', {
      system: 'sap-s4hana',
      operation: 'A_SalesOrder',
      exchange: {
        method: 'POST',
        url: 'https://erp.example/A_SalesOrder',
        status: 400,
        request: '{"SoldTo":"1","StreetName":"Harbour street 7"}',
        answer: '{"error":{"message":"material 77 is locked for Grace Hopper"}}',
      },
    });
    const subject = {
      orderId,
      parties: PARTIES,
      waitKey: 'ERP:POSTING',
      system: 'ERP',
      operation: 'erp.post',
    } as const;
    const task = { kind: 'erp.post', key: 'k-1', payload: {}, attempt: 0, lastTry: false };
    await failed(house.parts.hub.orders, task, subject, error);
    const [exception] = (await house.parts.exceptions.ofOrders([orderId], 1)).get(orderId) ?? [];
    if (exception === undefined) throw new Error('the failed call is no exception');
    expect(exception.subject).toMatchObject({ waitKey: 'ERP:POSTING' });
    const [call, told, ...more] = (await evidence.of([exception])).get(exception.id) ?? [];
    expect(call).toMatchObject({
      kind: 'CALL',
      source: 'sap-s4hana',
      call: 'POST https://erp.example/A_SalesOrder',
      status: 400,
      sent: '{"SoldTo":"1","StreetName":"***"}',
      answer: '{"error":{"message":"material 77 is locked for ***"}}',
    });
    expect(told).toMatchObject({ kind: 'MESSAGE', source: SHOP, what: 'orders/create', messageId });
    expect(told?.sent).toBe('{"reference":"EV-1","total":"12.50","shipping":{"fullName":"***"}}');
    expect(more).toEqual([]);
    expect(await evidence.wholeMessage(messageId)).toBe(body);
    expect(await evidence.wholeMessage(randomUUIDv7())).toBeUndefined();
  });
});
