import type { RejectionCode } from '../wms-rest-release.wire.js';
import type { WireStockEvent } from '../wms-rest-stock.wire.js';
import type { KeptLine, Plan } from './plan.js';
import type { OpeningStock } from './stock-book.js';

/** Where the sandbox keeps its state changes, so that a restart loses nothing. */
export interface Journal {
  /** What was appended in earlier lives; asked for once, at the start. */
  entries(): Iterable<unknown>;
  append(entry: unknown): void;
}

/** A journal that ends with the process. */
export function memoryJournal(): Journal {
  const kept: unknown[] = [];
  return {
    entries: () => kept,
    append: (entry) => {
      kept.push(entry);
    },
  };
}

/** One state change of the warehouse. No address and no name is kept: the work here does not need them. */
export type Entry =
  | {
      readonly t: 'accepted';
      readonly id: string;
      readonly fingerprint: string;
      readonly wmsReference: string;
      readonly node: string;
      readonly lines: readonly KeptLine[];
      readonly plan: Plan;
    }
  | {
      readonly t: 'rejected';
      readonly id: string;
      readonly fingerprint: string;
      readonly code: RejectionCode;
      readonly reason: string;
    }
  | { readonly t: 'step'; readonly id: string; readonly step: number; readonly at: string }
  | { readonly t: 'cancelled'; readonly id: string }
  /** The carrier would not take the parcels of the work; `carrierTook`: it does now. */
  | { readonly t: 'carrierRefused'; readonly id: string; readonly reason: string; readonly at: string }
  | { readonly t: 'carrierTook'; readonly id: string }
  | { readonly t: 'opening'; readonly stock: readonly OpeningStock[] }
  /** `dropped`: it happened, and the hub is never told. */
  | { readonly t: 'stock'; readonly event: WireStockEvent; readonly dropped?: true }
  /** The hub answered for these events: stored, or not in the contract. */
  | { readonly t: 'told' | 'setAside'; readonly events: readonly string[] };
