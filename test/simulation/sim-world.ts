import type { ChannelConnector, ConfirmPackage, PackageConfirmation } from '../../experience-apis/channel-kit/index.js';
import type { SqlCatalog } from '../../process-apis/catalog/index.js';
import type { WmsInbound } from '../../process-apis/fulfillment/index.js';
import type { SqlIntake, StoredMessages } from '../../process-apis/intake/index.js';
import type { OrderCommit } from '../../process-apis/orders/index.js';
import type { ErpPort } from '../../system-apis/erp/erp.port.js';
import type { WmsPort } from '../../system-apis/wms/wms.port.js';
import type { FaultPlan } from './faults.js';
import type { MemoryDatabase } from './memory/database.js';
import type { StatementBook } from './memory/statement-book.js';
import type { Heartbeats } from './queue.js';
import type { Life, Scheduler } from './scheduler.js';

/** What a process of the hub lets others do. */
export interface HubDoors {
  readonly orders: OrderCommit;
  readonly catalog: SqlCatalog;
  readonly intake: SqlIntake;
  readonly inbound: WmsInbound;
  readonly messages: StoredMessages;
  /** A person does not want to see an exception any more. */
  ignore(exceptionId: string, by: string): Promise<unknown>;
}

export interface SimChannel {
  connector(): ChannelConnector;
  confirm(command: ConfirmPackage): Promise<PackageConfirmation>;
}

export interface SimWarehouse extends WmsPort {
  /** Goods come in, and the hub is told. */
  receive(sku: string, node: string, quantity: number): void;
}

/** The world as its inhabitants see it. */
export interface SimWorld {
  readonly scheduler: Scheduler;
  readonly database: MemoryDatabase;
  readonly statements: StatementBook;
  readonly heartbeats: Heartbeats;
  readonly plan: FaultPlan;
  /** False from some hour on: everybody answers, and people get to everything. */
  readonly hasFaults: boolean;
  readonly skus: readonly string[];
  readonly nodes: readonly string[];
  readonly erp: ErpPort;
  readonly warehouse: SimWarehouse;
  readonly channels: readonly SimChannel[];
  channel(id: string): SimChannel;
  /** One more of what happened, for the sum at the end. */
  count(what: string): void;
  /** Something happened that the trace tells. */
  note(line: string): void;
  /** The hub's own loops log it and go on; an error that nothing explains ends the run. */
  noteFailure(where: string, error: unknown): void;
  /** Runs it later as the world itself, whoever asks. */
  later(delayMs: number, run: () => void): void;
  inLife(life: Life | undefined, run: () => void): void;
  /** Hands something to any process until it is taken: late, twice, and to a process that dies over it. */
  deliver(what: string, hand: (hub: HubDoors) => Promise<unknown>): void;
  crash(life: Life | undefined, why: string): void;
}
