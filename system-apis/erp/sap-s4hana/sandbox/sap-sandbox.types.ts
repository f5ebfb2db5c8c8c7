import type { Entity } from './entity-check.js';
import type { PlannedFault } from './fault-control.js';

/** Where the sandbox keeps its state changes, so that a restart loses nothing. */
export interface Journal {
  /** What was appended in earlier lives; asked for once, at the start. */
  entries(): Iterable<unknown>;
  append(entry: unknown): void;
}

export interface SandboxSalesOrderItem {
  readonly item: string;
  readonly material: string;
  readonly quantity: number;
  readonly delivered: number;
  /** SAP's reason for rejection; empty for an item that stands. */
  readonly rejectionReason: string;
}

export interface SandboxSalesOrder {
  readonly salesOrder: string;
  readonly purchaseOrder: string;
  readonly soldToParty: string;
  readonly currency: string;
  readonly totalNetAmount: string;
  /** The header as it was sent. */
  readonly header: Entity;
  readonly items: readonly SandboxSalesOrderItem[];
}

export interface SandboxDelivery {
  readonly deliveryDocument: string;
  readonly externalDelivery: string;
  readonly items: readonly {
    readonly salesOrder: string;
    readonly salesOrderItem: string;
    readonly material: string;
    readonly quantity: number;
    readonly serials: readonly string[];
  }[];
  readonly goodsIssued: boolean;
  readonly invoice?: string;
}

/** Stock of one type at one place. What is absent is blank in SAP, but `stockType` is then 01, unrestricted. */
export interface SandboxStock {
  readonly material: string;
  readonly plant: string;
  readonly storageLocation?: string;
  readonly batch?: string;
  /** 01 unrestricted, 02 in quality inspection, 03 blocked returns, 04–06 on the way, 07 blocked, 08 restricted-use. */
  readonly stockType?: string;
  /** E sales order stock, K consignment of a supplier … */
  readonly specialStockType?: string;
  /** In base units, at most three decimals. */
  readonly quantity: number;
}

/** `reject` is SAP's reason for rejection, a code of two characters. */
export type CreditDecision = 'confirm' | { readonly reject: string };

export interface SapSandboxOptions {
  /** A free one when absent. */
  readonly port?: number;
  readonly host?: '127.0.0.1';
  readonly journal?: Journal;
  readonly user?: string;
  readonly password?: string;
  /** Materials that exist; every other one is refused. */
  readonly materials?: Iterable<string>;
  /** Base unit of all materials; PC when absent. */
  readonly baseUnit?: string;
  /** Stock at the beginning; not looked at when the journal has set any already. */
  readonly openingStock?: readonly SandboxStock[];
  /** How long a new sales order waits for its credit decision. */
  readonly decisionDelayMs?: number;
  /** How long after goods issue the billing due list runs. */
  readonly billingDelayMs?: number;
  /** The credit decision; called once per sales order, when it is created. Must not depend on anything but the order. */
  readonly decide?: (salesOrder: SandboxSalesOrder) => CreditDecision;
}

export interface SapSandbox {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  close(): Promise<void>;
  salesOrders(): readonly SandboxSalesOrder[];
  salesOrdersByPurchaseOrder(purchaseOrder: string): readonly SandboxSalesOrder[];
  deliveries(): readonly SandboxDelivery[];
  addMaterials(materials: Iterable<string>): void;
  /** All stock that is not 0. */
  stock(): readonly Required<SandboxStock>[];
  /** Sets a stock to a quantity, as a posting by hand does. Nobody is told. */
  setStock(stock: SandboxStock): void;
  failNext(fault: PlannedFault): void;
  /** Forgets the faults that have not hit yet. */
  clearFaults(): void;
  setDown(down: boolean): void;
  setLatency(ms: number): void;
  /** Invalidates all CSRF tokens and cookies. */
  expireSessions(): void;
}
