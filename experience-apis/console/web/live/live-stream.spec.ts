import { describe, expect, it } from 'vitest';
import { LiveStream, type LiveError, type LiveSink } from './live-stream.js';

interface Try {
  readonly after: unknown;
  readonly sink: LiveSink;
  stopped: boolean;
}

/** A stream on a hub that the test plays, and a clock that it moves. */
function startStream(variables: Readonly<Record<string, unknown>> = {}) {
  const tries: Try[] = [];
  const waits: { ms: number; work: () => void }[] = [];
  const seen: unknown[] = [];
  const refusals: LiveError[] = [];
  let gaps = 0;
  const stream = new LiveStream({
    variables,
    subscribe: ({ after }, sink) => {
      const made: Try = { after, sink, stopped: false };
      tries.push(made);
      return () => {
        made.stopped = true;
      };
    },
    onEvent: (event) => seen.push((event as { at: string }).at),
    onGap: () => {
      gaps += 1;
    },
    onRefused: (error) => refusals.push(error),
    later: (work, ms) => {
      const wait = { ms, work };
      waits.push(wait);
      return () => void waits.splice(waits.indexOf(wait), 1);
    },
  });
  const last = (): Try => {
    const made = tries.at(-1);
    if (made === undefined) throw new Error('nothing was subscribed');
    return made;
  };
  return {
    stream,
    tries,
    waits,
    seen,
    refusals,
    gaps: () => gaps,
    last,
    give: (at: string) => last().sink.next({ data: { changed: { cursor: `cursor of ${at}`, at } } }),
    breakOff: (why?: unknown) => last().sink.ended(why),
    retry: () => waits.splice(0).forEach(({ work }) => work()),
  };
}

const errors = (code: string): readonly LiveError[] => [{ message: 'no', extensions: { code } }];

describe('a stream', () => {
  it('goes on behind the last event that it gave', () => {
    const test = startStream({ channel: 'shop-eu' });
    expect(test.last().after).toBeNull();
    test.give('a');
    test.give('b');
    test.breakOff(new Error('socket closed'));
    test.retry();
    expect(test.last().after).toBe('cursor of b');
    test.give('c');
    expect(test.seen).toEqual(['a', 'b', 'c']);
    expect(test.gaps()).toBe(0);
  });

  it('begins behind what was read before, and then has no gap', () => {
    const test = startStream({ after: 'read' });
    expect(test.last().after).toBe('read');
    test.breakOff();
    test.retry();
    test.last().sink.opened();
    expect(test.last().after).toBe('read');
    expect([test.gaps(), test.waits]).toEqual([0, []]);
  });

  it('that began without a cursor tells of the gap once it is under way', () => {
    const test = startStream();
    expect(test.gaps()).toBe(0);
    test.last().sink.opened();
    expect(test.waits.map(({ ms }) => ms)).toEqual([500]);
    test.retry();
    expect(test.gaps()).toBe(1);
    test.breakOff();
    test.retry();
    test.last().sink.opened();
    test.retry();
    expect(test.gaps()).toBe(2);
  });

  it('that broke before it was under way tells of the gap after the next begin alone', () => {
    const test = startStream();
    test.last().sink.opened();
    test.breakOff();
    expect(test.waits.map(({ ms }) => ms)).toEqual([250]);
    test.retry();
    expect(test.gaps()).toBe(0);
  });

  it('hears nothing more of a try that ended', () => {
    const test = startStream();
    const first = test.last();
    test.give('a');
    test.breakOff();
    first.sink.next({ data: { changed: { cursor: 'late', at: 'late' } } });
    first.sink.ended(undefined);
    expect(test.waits).toHaveLength(1);
    test.retry();
    expect(test.last().after).toBe('cursor of a');
    expect(test.seen).toEqual(['a']);
  });

  it('waits longer after each try in vain, and short again after an event', () => {
    const test = startStream();
    const waited: number[] = [];
    for (let tries = 0; tries < 8; tries += 1) {
      test.breakOff();
      waited.push(test.waits[0]?.ms ?? -1);
      test.retry();
    }
    expect(waited).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
    test.give('a');
    test.breakOff();
    expect(test.waits[0]?.ms).toBe(250);
  });

  it('does not wait when the network is back', () => {
    const test = startStream();
    test.give('a');
    test.breakOff();
    test.stream.retryNow();
    expect(test.waits).toEqual([]);
    expect(test.tries).toHaveLength(2);
  });

  it('leaves a try alone that is under way', () => {
    const test = startStream();
    test.give('a');
    test.stream.retryNow();
    expect(test.tries).toHaveLength(1);
    expect(test.last().stopped).toBe(false);
  });

  it('that took too slowly goes on with what it has not seen', () => {
    const test = startStream();
    test.give('a');
    test.breakOff(errors('SLOW_CONSUMER'));
    test.retry();
    expect(test.last().after).toBe('cursor of a');
  });

  it.each(['SCOPE_MISSING', 'BAD_USER_INPUT', 'DOCUMENT_NOT_TRUSTED'])('ends for good with %s', (code) => {
    const test = startStream();
    test.breakOff(errors(code));
    expect(test.refusals).toEqual(errors(code));
    expect(test.waits).toEqual([]);
  });

  it('forgets a cursor that the hub cannot read, and says that there is a gap', () => {
    const test = startStream({ after: 'of another hub' });
    test.breakOff(errors('CURSOR_NOT_READABLE'));
    test.retry();
    test.last().sink.opened();
    test.retry();
    expect([test.last().after, test.gaps()]).toEqual([null, 1]);
  });

  it('that is closed asks for nothing more', () => {
    const test = startStream();
    test.breakOff();
    test.stream.close();
    expect([test.waits, test.last().stopped]).toEqual([[], true]);
  });
});
