import { describe, expect, it } from 'vitest';
import { messageProblem, PARKED_MS_MAX, type KeptMessage } from './message-problem.js';

const RECEIVED = '2027-03-01T12:00:00.000Z';

function message(more: Partial<KeptMessage>): KeptMessage {
  return {
    id: 'm-1',
    source: 'shop-eu',
    topic: 'orders/create',
    status: 'REFUSED',
    subjects: [],
    receivedAt: RECEIVED,
    ...more,
  };
}

function after(ms: number): string {
  return new Date(Date.parse(RECEIVED) + ms).toISOString();
}

function groupAt(id: string, pointer: string): string | undefined {
  return messageProblem(message({ id, pointer, reason: 'CONTRACT_MISMATCH' }), RECEIVED)?.groupKey;
}

function subjectAbout(subjects: readonly string[]): object | undefined {
  return messageProblem(message({ source: 'wms-east', reason: 'AGAINST_THE_RULES', subjects }), RECEIVED)?.subject;
}

describe('the problem of a message', () => {
  it.each([
    ['CONTRACT_MISMATCH', 'CONTRACT_CHANGED'],
    ['BODY_NOT_READABLE', 'CONTRACT_CHANGED'],
    ['AMOUNT_NOT_REPRESENTABLE', 'CONTRACT_CHANGED'],
    ['TIME_NOT_READABLE', 'CONTRACT_CHANGED'],
    ['UNKNOWN_TOPIC', 'CONTRACT_CHANGED'],
    ['AGAINST_THE_RULES', 'MESSAGE_REFUSED'],
    ['DUPLICATE_REFERENCE', 'DUPLICATE_REFERENCE'],
    ['FAILED_INSIDE', 'POISON_MESSAGE'],
    ['UNKNOWN_ORDER', 'UNMATCHED_EVENT'],
    ['OF_A_LATER_VERSION', 'MESSAGE_REFUSED'],
  ])('that was refused as %s is %s', (reason, category) => {
    expect(messageProblem(message({ reason }), RECEIVED)).toMatchObject({ key: 'message/m-1', category });
  });

  it.each(['COMMITTED', 'IGNORED', 'DISMISSED'])('that is %s is none', (status) => {
    expect(messageProblem(message({ status }), after(PARKED_MS_MAX))).toBeUndefined();
  });

  it('that is about orders of several channels is of none: no partner sees what is of another', () => {
    expect(subjectAbout(['shop-eu/1', 'shop-us/2'])).toEqual({ messageId: 'm-1', system: 'wms-east' });
    expect(subjectAbout(['shop-eu/1', 'fulfillment-order/2'])).toEqual({ messageId: 'm-1', system: 'wms-east' });
    expect(subjectAbout(['shop-eu/1', 'shop-eu/2'])).toEqual({
      messageId: 'm-1',
      system: 'wms-east',
      channel: 'shop-eu',
    });
  });

  it('that waits for its order is one only after a while', () => {
    const parked = message({
      status: 'PARKED',
      reason: 'UNKNOWN_ORDER',
      topic: 'refunds/create',
      subjects: ['shop-eu/1001'],
    });
    expect(messageProblem(parked, after(PARKED_MS_MAX - 1))).toBeUndefined();
    expect(messageProblem(parked, after(PARKED_MS_MAX))).toEqual({
      key: 'message/m-1',
      category: 'UNMATCHED_EVENT',
      sentence:
        'The message "refunds/create" of shop-eu about shop-eu/1001 waits for an order that the hub does not know.',
      groupKey: 'MESSAGE:shop-eu/refunds/create/UNMATCHED_EVENT/UNKNOWN_ORDER',
      subject: { messageId: 'm-1', system: 'shop-eu', channel: 'shop-eu', reference: '1001' },
    });
  });

  it('says where and why, without what names a person', () => {
    const refused = message({
      reason: 'CONTRACT_MISMATCH',
      pointer: '/line_items/0/price',
      detail: 'expected a text, not what ada@example.org sent',
    });
    expect(messageProblem(refused, RECEIVED)?.sentence).toBe(
      'The message "orders/create" of shop-eu does not fit the contract: it is kept and not taken. ' +
        '/line_items/0/price: expected a text, not what a***@***.org sent',
    );
  });

  it('has the same cause as others that fail at the same place', () => {
    expect(groupAt('a', '/total')).toBe(groupAt('b', '/total'));
    expect(groupAt('a', '/total')).not.toBe(groupAt('a', '/currency'));
  });
});
