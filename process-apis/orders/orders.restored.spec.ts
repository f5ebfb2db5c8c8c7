import { describe, expect, it } from 'vitest';
import type { ChannelOrderLine } from '../../src/model/channel-order.js';
import { channelLine, channelOrder, versionAt } from './testing/channel-orders.js';
import { Harness } from './testing/harness.js';
import { expectSettled, tell, unitsIn } from './testing/story.js';

const FULFILLED = channelOrder({
  version: versionAt(5),
  lines: [channelLine('A', 3, { fulfilledQuantity: 3 }), channelLine('B', 2)],
});
/** An order that was claimed and not yet released when the backup was taken. */
const restored = (lostBefore: string, lines?: readonly ChannelOrderLine[]): Harness => {
  const harness = new Harness({ stock: { 'A@N1': 10, 'B@N1': 10 }, lostBefore });
  tell(harness, { kind: 'ChannelOrderReceived', order: channelOrder(lines === undefined ? {} : { lines }) });
  return harness;
};

const card = (quantity: number): ChannelOrderLine => channelLine('CARD', quantity, { requiresShipping: false });

describe('after a restore, what the channel shows as shipped', () => {
  it('is the echo of the hub that was lost, of an order placed before: the warehouse says what left', () => {
    const harness = restored(versionAt(60));
    tell(
      harness,
      { kind: 'ChannelOrderReceived', order: FULFILLED },
      {
        kind: 'FulfillmentObserved',
        fulfillmentId: 'F-1',
        trackingNumbers: ['T-1'],
        lines: [{ lineReference: 'A', quantity: 3 }],
      },
    );
    expect(unitsIn(harness)).toMatchObject({ external: 0, reserved: 5 });
    expectSettled(harness);
    expect(unitsIn(harness)).toMatchObject({ shipped: 5, external: 0 });
  });

  it('is believed when it was made since: the lost hub made none of those', () => {
    const told = { kind: 'FulfillmentObserved', trackingNumbers: ['T-1'] } as const;
    const lines = [{ lineReference: 'A', quantity: 1 }];
    const harness = restored(versionAt(60));
    tell(harness, { ...told, fulfillmentId: 'F-1', createdAt: versionAt(59), lines });
    expect(unitsIn(harness)).toMatchObject({ external: 0 });
    tell(harness, { ...told, fulfillmentId: 'F-2', createdAt: versionAt(61), lines });
    expect(unitsIn(harness)).toMatchObject({ external: 1 });
  });

  it('is believed of what needs no shipping', () => {
    const harness = restored(versionAt(60), [channelLine('A', 3), card(1)]);
    const order = channelOrder({ version: versionAt(5), lines: [channelLine('A', 3), card(2)] });
    tell(harness, { kind: 'ChannelOrderReceived', order });
    expect(unitsIn(harness)).toMatchObject({ external: 2, reserved: 3, open: 0 });
  });

  it('is believed of an order placed since', () => {
    const harness = restored(versionAt(0));
    tell(harness, { kind: 'ChannelOrderReceived', order: FULFILLED });
    expect(unitsIn(harness)).toMatchObject({ external: 3 });
  });
});
