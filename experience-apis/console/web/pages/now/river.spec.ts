import { describe, expect, it } from 'vitest';
import { riverPath, riverWidths } from './river.js';

describe('the river', () => {
  it('is widest where most orders are, and never dry where it flows on', () => {
    const [spring, few, most, none] = riverWidths(true, [{ orders: 25 }, { orders: 100 }, { orders: 0 }]);
    expect([spring, few, most, none]).toEqual([28.5, 28.5, 52, 5]);
  });

  it('has a dry spring when nothing comes', () => {
    expect(riverWidths(false, [{ orders: 1 }])[0]).toBe(5);
  });

  it('is one closed outline around the middle', () => {
    expect(riverPath([10, 20])).toBe(
      'M0,27 C25,27 25,27 50,27 C100,27 100,22 150,22 C175,22 175,22 200,22 ' +
        'L200,42 C175,42 175,42 150,42 C100,42 100,37 50,37 C25,37 25,37 0,37 Z',
    );
    expect(riverPath([])).toBe('');
  });
});
