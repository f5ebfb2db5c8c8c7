import type { ChannelAccount } from '../../src/model/channel.js';
import type { Interpretation, RefusedReason } from '../../src/model/channel-order.js';
import type { Shortage } from '../../src/model/order.js';

/** A message as a channel sent it. Kept, encrypted, before anything else is made of it. */
export interface InboundMessage {
  readonly account: ChannelAccount;
  /** The channel's word for what it is: `orders/create`, `getOrder`. */
  readonly topic: string;
  /** The channel's id of this delivery; the same id twice is the same message. */
  readonly messageId: string;
  readonly body: Buffer;
}

export interface IntakeResult {
  /** The hub's id of the stored message: what an operator quotes and replays. */
  readonly messageId: string;
  readonly outcome: 'COMMITTED' | 'DUPLICATE' | 'IGNORED' | 'REFUSED';
  /** `FAILED_INSIDE`: the hub has a fault there; the message is kept, and nothing is lost. */
  readonly reason?: string;
  readonly detail?: string;
  readonly pointer?: string;
  /** The hub's orders that the message is about. Of a repeated message: as they were answered the first time. */
  readonly orders: readonly IntakeOrder[];
  /** The message id came before with another body: nothing of this one was taken. */
  readonly digestDiffers: boolean;
}

export interface IntakeOrder {
  readonly reference: string;
  readonly orderId?: string;
  readonly created: boolean;
  readonly result: 'APPLIED' | 'UNCHANGED' | 'REJECTED' | 'UNKNOWN_ORDER';
  /** The order was refused for want of stock: what was short, in base units. */
  readonly shortages?: readonly Shortage[];
  /** Why it was rejected, or what it waits for. */
  readonly reason?: string;
}

/** Reads a channel's message. Pure: same message, same reading, today and at a replay. */
export type Interpret = (account: ChannelAccount, topic: string, body: Buffer) => Interpretation;

/** The door for messages from channels. Answers only after what it took is committed. */
export abstract class Intake {
  /** Each channel kind brings its interpreter once, at start. */
  abstract register(kind: string, interpret: Interpret): void;
  abstract receive(message: InboundMessage): Promise<IntakeResult>;
  /** Keeps a message that was not taken (a body that cannot be read), for inspection. */
  abstract keepRefused(message: InboundMessage, reason: RefusedReason, detail: string): Promise<IntakeResult>;
  /** Runs a stored message through interpretation and decision again. */
  abstract reprocess(messageId: string): Promise<IntakeResult>;
}
