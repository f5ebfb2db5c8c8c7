import type { WireStockPage } from '../wms-rest-stock.wire.js';
import type { Clock } from './clock.js';
import type { Ledger } from './ledger.js';

const READINGS_MAX = 100;
const READING_KEPT_MS = 10 * 60_000;

interface Reading {
  readonly page: Omit<WireStockPage, 'next'>;
  usedAt: number;
}

/** Snapshots that are being read page by page. A restart forgets them, and the reader begins again. */
export class StockReadings {
  private readonly readings = new Map<string, Reading>();
  private count = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly positionsPerPage: number,
  ) {}

  /** The first page without `next`. Undefined: the reading of this `next` is over. */
  read(node: string, next: string | undefined): WireStockPage | undefined {
    this.dropOld();
    const [id = '', from = ''] = (next ?? this.begin(node)).split('.');
    const reading = this.readings.get(id);
    const start = Number(from);
    if (reading === undefined || reading.page.node !== node || !Number.isSafeInteger(start)) return undefined;
    reading.usedAt = Date.now();
    const end = start + this.positionsPerPage;
    return {
      ...reading.page,
      positions: reading.page.positions.slice(start, end),
      ...(end < reading.page.positions.length ? { next: `${id}.${end}` } : {}),
    };
  }

  private begin(node: string): string {
    this.count += 1;
    const id = `r${this.count}`;
    const { positions, sequence } = this.ledger.stockOf(node);
    this.readings.set(id, {
      page: { node, asOf: this.clock.snapshot(), sequence, positions: [...positions] },
      usedAt: Date.now(),
    });
    return `${id}.0`;
  }

  private dropOld(): void {
    const [oldest] = this.readings.keys();
    if (this.readings.size >= READINGS_MAX && oldest !== undefined) this.readings.delete(oldest);
    for (const [id, { usedAt }] of this.readings) if (Date.now() - usedAt > READING_KEPT_MS) this.readings.delete(id);
  }
}
