import { describe, expect, it } from 'vitest';
import { plainWords } from './badge.js';

describe('plainWords', () => {
  it.each([
    ['PARTLY_SHIPPED', 'Partly shipped'],
    ['qualityHold', 'Quality hold'],
    ['ERP', 'ERP'],
    ['UNKNOWN_SKU', 'Unknown SKU'],
    ['NEW', 'New'],
    ['by-hand', 'By hand'],
  ])('%s is %s', (name, words) => expect(plainWords(name)).toBe(words));
});
