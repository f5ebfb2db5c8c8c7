import { describe, expect, it } from 'vitest';
import { CursorError, encodeCursor, type EventCursor } from '../../src/platform/event-log/index.js';
import { LiveSubscriber, UNDELIVERED_MAX, type Telling } from './live-subscriber.js';
import { BUFFERED_BYTES_MAX, SubscriptionOutlet } from './subscription-outlet.js';

const at = (n: number): EventCursor => ({ tx: '7', id: String(n) });
const telling = (n: number): Telling => ({ cursor: at(n), payload: `{"data":${n}}` });

/** A socket whose client can be told to stop taking. */
class Line {
  bufferedAmount = 0;
  readonly sent: string[] = [];

  send(text: string): void {
    this.sent.push(text);
  }

  get numbers(): readonly number[] {
    return this.sent.map((text) => (JSON.parse(text) as { payload: { data: number } }).payload.data);
  }
}

function subscribe(isState = false): { readonly line: Line; readonly subscriber: LiveSubscriber } {
  const line = new Line();
  return { line, subscriber: new LiveSubscriber('a "b"', new SubscriptionOutlet(line), isState) };
}

describe('a subscriber', () => {
  it('gets messages under the name that the client gave', () => {
    const { line, subscriber } = subscribe();
    subscriber.goLive();
    subscriber.tell(telling(1));
    expect(JSON.parse(line.sent[0] ?? '')).toEqual({ id: 'a "b"', type: 'next', payload: { data: 1 } });
  });

  it('is told what was held back, without what it has read itself, however far behind the group is', async () => {
    const { line, subscriber } = subscribe();
    for (const n of [3, 4, 5]) subscriber.tell(telling(n));
    for (const n of [1, 2, 3, 4, 5, 6]) await subscriber.tellPast(telling(n));
    expect(subscriber.goLive()).toBe(true);
    for (const n of [6, 7]) subscriber.tell(telling(n));
    expect(line.numbers).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('reads on from the log where too much was held back', async () => {
    const { line, subscriber } = subscribe();
    subscriber.passTo(at(0));
    for (let n = 1; n <= UNDELIVERED_MAX + 10; n += 1) subscriber.tell(telling(n));
    expect(subscriber.goLive()).toBe(false);
    expect(line.sent).toEqual([]);
    await subscriber.tellPast(telling(1));
    expect(subscriber.place).toEqual(at(1));
    expect(subscriber.goLive()).toBe(true);
  });

  it('that tells states gets several of one place', () => {
    const { line, subscriber } = subscribe(true);
    subscriber.passTo(at(5));
    subscriber.goLive();
    subscriber.tell({ cursor: at(5), payload: '{"data":1}' });
    subscriber.tell({ cursor: at(5), payload: '{"data":2}' });
    expect(line.numbers).toEqual([1, 2]);
  });

  it('goes on in order when its client takes again', async () => {
    const { line, subscriber } = subscribe();
    subscriber.goLive();
    subscriber.tell(telling(1));
    line.bufferedAmount = BUFFERED_BYTES_MAX;
    for (let n = 2; n <= UNDELIVERED_MAX; n += 1) subscriber.tell(telling(n));
    expect(line.sent).toHaveLength(1);
    line.bufferedAmount = 0;
    await expect.poll(() => line.sent.length).toBe(UNDELIVERED_MAX);
    subscriber.tell(telling(UNDELIVERED_MAX + 1));
    expect(line.numbers).toEqual(Array.from({ length: UNDELIVERED_MAX + 1 }, (_, n) => n + 1));
  });

  it('is ended with its place when its client takes nothing for too many messages', async () => {
    const { line, subscriber } = subscribe();
    subscriber.goLive();
    subscriber.tell(telling(1));
    line.bufferedAmount = BUFFERED_BYTES_MAX;
    for (let n = 2; n <= UNDELIVERED_MAX + 2; n += 1) subscriber.tell(telling(n));
    const end = await subscriber.ended;
    expect(end).toMatchObject({
      error: { originalError: { code: 'SLOW_CONSUMER' }, extensions: { cursor: encodeCursor(at(1)) } },
    });
    line.bufferedAmount = 0;
    subscriber.tell(telling(999));
    expect(line.sent).toHaveLength(1);
  });

  it('whose cursor is refused is given none to resume from', async () => {
    const { subscriber } = subscribe();
    subscriber.passTo(at(1));
    subscriber.fail(new CursorError('the cursor is of events that were lost'));
    const end = await subscriber.ended;
    expect(end).toMatchObject({ error: { originalError: { code: 'CURSOR_NOT_READABLE' }, extensions: {} } });
    expect(end).not.toHaveProperty('error.extensions.cursor');
  });
});
