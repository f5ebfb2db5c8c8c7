import { describe, expect, it } from 'vitest';
import { correlationIdOrNew, currentCorrelationId, withCorrelation } from './correlation.js';

describe('correlation', () => {
  it('is that of the innermost work', () => {
    const seen = withCorrelation('outer', () => [
      currentCorrelationId(),
      withCorrelation('inner', currentCorrelationId),
    ]);
    expect(seen).toEqual(['outer', 'inner']);
    expect(currentCorrelationId()).toBeUndefined();
  });

  it.each([undefined, '', 'short', ['a-list-of-ids'], 'line\nbreak-in-it', 'x'.repeat(129), '-starts-wrong'])(
    'gets a fresh, sortable id instead of %j',
    (given) => {
      const [first, second] = [correlationIdOrNew(given), correlationIdOrNew(given)];
      expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      expect(second).not.toBe(first);
    },
  );

  it('keeps an id of the caller that is one', () => {
    expect(correlationIdOrNew('0198c0de-aaaa:7.b_c')).toBe('0198c0de-aaaa:7.b_c');
  });
});
