import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldOf, startGraphHub, type Answer, type GraphHub, type TokenWish } from './spec-support.js';

const WRITE = { scopes: ['orders:read', 'orders:write'] };

let hub: GraphHub;

beforeAll(async () => {
  hub = await startGraphHub();
  await hub.orders.accept('shop-eu', ['C-1', 'C-2', 'C-3', 'C-4', 'C-5']);
});

afterAll(() => hub.close());

const RESULT = `{
  __typename
  ... on OrderActionTaken { changed duplicate order { status lines { lineReference quantities { cancelled reserved } } timeline { type source detail } } }
  ... on OrderNotFound { message }
  ... on OrderActionRejected { message }
  ... on IdempotencyKeyReused { message }
  ... on OrderActionInputInvalid { errors { pointer detail } }
}`;

async function cancel(input: object, wish: TokenWish = WRITE): Promise<Answer> {
  return hub.post(`mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) ${RESULT} }`, { input }, wish);
}

async function idOf(reference: string): Promise<string> {
  return (await hub.orders.order('shop-eu', reference)).id;
}

describe('cancelling an order', () => {
  it('cancels everything that is left, and tells who asked', async () => {
    const answer = await cancel({
      orderId: await idOf('C-1'),
      reason: 'no longer wanted',
      idempotencyKey: 'cancel-c-1',
    });
    expect(answer.data?.['cancelOrder']).toMatchObject({
      __typename: 'OrderActionTaken',
      changed: true,
      duplicate: false,
      order: { status: 'CANCELLED' },
    });
    const { order } = fieldOf(answer, 'cancelOrder') as {
      order: { timeline: { type: string; source: string; detail: object }[] };
    };
    expect(order.timeline.find((event) => event.type === 'CancellationRequested')).toMatchObject({
      source: 'operator',
      detail: { by: 'OPERATOR', reason: 'no longer wanted' },
    });
  });

  it('cancels units of a line', async () => {
    const input = {
      orderId: await idOf('C-2'),
      reason: 'one is enough',
      lines: [{ lineReference: '1', quantity: 1 }],
      idempotencyKey: 'cancel-c-2',
    };
    const { data } = await cancel(input);
    expect(data?.['cancelOrder']).toMatchObject({
      order: {
        status: 'RESERVED',
        lines: [{ quantities: { cancelled: 1, reserved: 1 } }, { quantities: { cancelled: 0 } }],
      },
    });
    // The same key: the same answer, and no second unit.
    expect((await cancel(input)).data?.['cancelOrder']).toMatchObject({
      __typename: 'OrderActionTaken',
      duplicate: true,
      order: { lines: [{ quantities: { cancelled: 1 } }, {}] },
    });
    expect((await cancel({ ...input, reason: 'something else' })).data?.['cancelOrder']).toMatchObject({
      __typename: 'IdempotencyKeyReused',
    });
  });

  it('happens once when it is asked for ten times at once', async () => {
    const input = {
      orderId: await idOf('C-3'),
      reason: 'one is enough',
      lines: [{ lineReference: '1', quantity: 1 }],
      idempotencyKey: 'cancel-c-3',
    };
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(input)));
    const duplicates = answers.map((answer) => (fieldOf(answer, 'cancelOrder') as { duplicate: boolean }).duplicate);
    expect(duplicates.filter((duplicate) => !duplicate)).toHaveLength(1);
    expect((await hub.orders.order('shop-eu', 'C-3')).lines[0]?.quantities.cancelled).toBe(1);
  });

  it('is refused with a reason where the rules are against it', async () => {
    const input = {
      orderId: await idOf('C-4'),
      reason: 'x',
      lines: [{ lineReference: '9', quantity: 1 }],
      idempotencyKey: 'cancel-c-4',
    };
    expect((await cancel(input)).data?.['cancelOrder']).toEqual({
      __typename: 'OrderActionRejected',
      message: expect.stringContaining('"9"') as string,
    });
  });

  it('is for a partner possible at its own channel alone', async () => {
    const orderId = await idOf('C-5');
    const foreign = await cancel(
      { orderId, reason: 'x', idempotencyKey: 'cancel-c-5' },
      { ...WRITE, channel: 'amazon-de' },
    );
    expect(foreign.data?.['cancelOrder']).toMatchObject({ __typename: 'OrderNotFound' });
    const own = await cancel({ orderId, reason: 'x', idempotencyKey: 'cancel-c-5' }, { ...WRITE, channel: 'shop-eu' });
    expect(own.data?.['cancelOrder']).toMatchObject({ changed: true });
    const { order } = fieldOf(own, 'cancelOrder') as { order: { timeline: { type: string; detail: object }[] } };
    expect(order.timeline.find((event) => event.type === 'CancellationRequested')?.detail).toMatchObject({
      by: 'PARTNER',
    });
  });

  it.each([
    [{ reason: ' ' }, ['/reason']],
    [{ lines: [] }, ['/lines']],
    [{ reason: '', lines: [{ lineReference: '1', quantity: 0 }] }, ['/reason', '/lines/0/quantity']],
    [{ lines: [1, 1].map((quantity) => ({ lineReference: '1', quantity })) }, ['/lines/1/lineReference']],
  ])('is refused as %j, with where it does not fit', async (wrong, pointers) => {
    const { data } = await cancel({ orderId: await idOf('C-4'), reason: 'x', idempotencyKey: 'cancel-bad', ...wrong });
    expect(data?.['cancelOrder']).toMatchObject({
      __typename: 'OrderActionInputInvalid',
      errors: pointers.map((pointer) => ({ pointer, detail: expect.any(String) as string })),
    });
  });

  it('is a mistake of the program that sends it with a key that is none', async () => {
    const { errors } = await cancel({ orderId: await idOf('C-4'), reason: 'x', idempotencyKey: 'short' });
    expect(errors).toMatchObject([
      { message: expect.stringContaining('idempotencyKey') as string, extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('needs the scope to write', async () => {
    const { data, errors } = await cancel(
      { orderId: await idOf('C-4'), reason: 'x', idempotencyKey: 'cancel-c-4-b' },
      {},
    );
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'SCOPE_MISSING' } }]);
  });
});

describe('trying an order again', () => {
  it('sends a rejected sales order anew', async () => {
    const { id } = await hub.orders.order('shop-eu', 'C-4');
    const at = { by: 'ID', orderId: id } as const;
    await hub.orders.tell('sap-s4hana', at, { kind: 'SalesOrderRejected', reason: 'unknown customer' });
    const { data } = await hub.post(
      `mutation ($input: RetryOrderInput!) { retryOrder(input: $input) { ... on OrderActionTaken { changed order { erp { status reason } waitingOn { key } } } } }`,
      { input: { orderId: id, idempotencyKey: 'retry-c-4' } },
      WRITE,
    );
    expect(data?.['retryOrder']).toMatchObject({
      changed: true,
      order: { erp: { status: 'REQUESTED', reason: null }, waitingOn: [{ key: 'ERP:POSTING' }] },
    });
  });
});
