import type { Stock } from '../shared/stock.js';
import type { SumStep } from '../shared/sum-steps.js';

interface Deduction {
  readonly bucket: keyof Stock;
  readonly label: string;
  readonly detail: string;
}

const DEDUCTIONS: readonly Deduction[] = [
  { bucket: 'reserved', label: 'Reserved', detail: 'claimed by orders and soft reservations' },
  { bucket: 'missing', label: 'Missing', detail: 'claimed, and not found by the last count' },
  { bucket: 'qualityHold', label: 'Quality hold', detail: 'there, and not sellable' },
  { bucket: 'safetyStock', label: 'Safety stock', detail: 'held back from sale' },
  { bucket: 'threshold', label: 'Threshold', detail: 'buffer for inaccurate counts' },
  { bucket: 'earmarked', label: 'Earmarked', detail: 'free, and held for orders that wait for the item' },
];

/** On-hand down to ATP. What would go below zero stops there: nobody can be promised less than nothing. */
export function atpSteps(stock: Stock): readonly SumStep[] {
  let left = stock.onHand;
  const deductions = DEDUCTIONS.map(({ bucket, label, detail }): SumStep => {
    left -= stock[bucket];
    return { key: bucket, label, detail, kind: 'change', change: -stock[bucket], value: Math.max(0, left) };
  });
  return [
    { key: 'onHand', label: 'On-hand', detail: 'physically there', kind: 'start', value: stock.onHand },
    ...deductions,
    { key: 'atp', label: 'Available to promise', kind: 'end', value: stock.atp },
  ];
}
