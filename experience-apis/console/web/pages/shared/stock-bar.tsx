import type { ReactElement } from 'react';
import { QuantityBar, type QuantitySegment } from '../../ui/index.js';
import type { Stock } from './stock.js';

/** What on-hand is used for. Buffers take of what is left, so the parts never exceed the whole. */
export function StockBar({ stock, legend = true }: { stock: Stock; legend?: boolean }): ReactElement {
  return <QuantityBar label="On-hand by use" legend={legend} segments={usesOf(stock)} />;
}

function usesOf(stock: Stock): readonly QuantitySegment[] {
  const uses: readonly QuantitySegment[] = [
    { label: 'Reserved', quantity: stock.reserved, tone: 'info' },
    { label: 'Missing', quantity: stock.missing, tone: 'neutral' },
    { label: 'Quality hold', quantity: stock.qualityHold, tone: 'bad' },
    { label: 'Safety stock and threshold', quantity: stock.safetyStock + stock.threshold, tone: 'warn' },
    { label: 'Earmarked', quantity: stock.earmarked, tone: 'held' },
    { label: 'Free', quantity: stock.onHand, tone: 'ok' },
  ];
  let left = Math.max(0, stock.onHand);
  return uses.map((use) => {
    const quantity = Math.min(left, Math.max(0, use.quantity));
    left -= quantity;
    return { ...use, quantity };
  });
}
