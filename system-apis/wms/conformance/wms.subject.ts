import type { ReleaseFulfillment, WmsFact, WmsPort, WmsStockFact } from '../wms.port.js';

/** A warehouse adapter with a warehouse behind it whose work stands still until a test moves it. */
export interface WmsUnderTest {
  readonly port: WmsPort;
  /** A release that the warehouse takes; each call gives another, of at least two units. */
  aRelease(): ReleaseFulfillment;
  /** A release that the warehouse does not take. */
  aReleaseToReject(): ReleaseFulfillment;
  /** How many pieces of work the warehouse holds for the id. */
  held(fulfillmentOrderId: string): number;
  /** The next call does its work, and its answer is lost. */
  loseNextAnswer(): void;
  setDown(down: boolean): void;
  /** The warehouse works the release up to this step, now. */
  work(fulfillmentOrderId: string, step: 'pick' | 'pack' | 'ship'): void;
  /** The carrier will not take the parcels of the release, now. */
  refuseByCarrier(fulfillmentOrderId: string, reason: string): void;
  /** What the warehouse told about the release so far, in the hub's words. */
  facts(fulfillmentOrderId: string): readonly WmsFact[];
  readonly stock: WarehouseStock;
  close(): Promise<void>;
}

/** The stock of the warehouse under test, moved behind the port's back. */
export interface WarehouseStock {
  /** A node that holds nothing at first; releases of other nodes do not touch it. */
  readonly node: string;
  readonly unknownNode: string;
  /** How many positions a page of its snapshots holds; small, so that a test can fill several. */
  readonly positionsPerPage: number;
  receive(node: string, sku: string, quantity: number): void;
  hold(node: string, sku: string, quantity: number): void;
  /** What the warehouse told about the stock of a node so far, each event once. */
  facts(node: string): readonly WmsStockFact[];
}
