import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  OrderCommit,
  OrderReader,
  type OrderFactBody,
  type RiderWriter,
  type SubmitOutcome,
} from '../../process-apis/orders/index.js';
import { REASON_CHARS_MAX, reasonErrors } from '../../process-apis/resolution/index.js';
import type { Order } from '../../src/model/order.js';
import { recordAudits, type AuditEntry } from '../../src/platform/audit/index.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import type { ProblemDetail } from '../../src/platform/http/problem.js';
import { ifVisible } from './channel-sight.js';
import { badInput } from './graphql-errors.js';

const KEY = /^[\x21-\x7e]{8,128}$/;
const OPERATOR_SOURCE = 'operator';

/** The schema's `OrderActionResult`; expected refusals are members of the union, not errors. */
export type OrderActionResult =
  | {
      readonly __typename: 'OrderActionTaken';
      readonly order: Order;
      readonly changed: boolean;
      readonly duplicate: boolean;
    }
  | {
      readonly __typename: 'OrderActionInputInvalid';
      readonly message: string;
      readonly errors: readonly ProblemDetail[];
    }
  | {
      readonly __typename: 'OrderNotFound' | 'OrderActionRejected' | 'IdempotencyKeyReused';
      readonly message: string;
    };

export interface OrderAction {
  /** Part of the fact's id: the same for all actions of one kind. */
  readonly name: string;
  readonly orderId: string;
  readonly idempotencyKey: string;
  readonly body: OrderFactBody;
  /** What does not fit in what a person gave; pointers are into the input. */
  readonly errors: readonly ProblemDetail[];
  /** What the audit keeps of it: no personal data. */
  readonly audited: object;
}

/** In the transaction of the fact; nothing for one that was taken before. */
const writeAudits: RiderWriter = (tx, rows) =>
  recordAudits(
    tx,
    (rows as readonly (AuditEntry | undefined)[]).filter((row) => row !== undefined),
  );

/** What persons decide about orders: a fact each, through the one door, with who did it. */
@Injectable()
export class OrderActions {
  constructor(
    private readonly reader: OrderReader,
    private readonly commit: OrderCommit,
  ) {}

  async act(principal: Principal, action: OrderAction): Promise<OrderActionResult> {
    checkKey(action.idempotencyKey);
    if (action.errors.length > 0) return invalid(action.errors);
    if ((await this.visibleOrder(principal, action.orderId)) === undefined) return notFound(action.orderId);
    const fact = {
      // With its subject: two callers may choose the same key, and the history shall name who decided.
      id: `operator:${principal.subject}:${action.name}:${action.idempotencyKey}`,
      source: principal.channel ?? OPERATOR_SOURCE,
      occurredAt: new Date().toISOString(),
      address: { by: 'ID', orderId: action.orderId },
      digest: digestOf(action),
      body: action.body,
    } as const;
    const row = ([outcome]: readonly SubmitOutcome[]): AuditEntry | undefined => auditOf(principal, action, outcome);
    const [outcome] = await this.commit.submit([fact], { rider: { write: writeAudits, row } });
    if (outcome === undefined) throw new Error('the commit gave no outcome for the fact');
    return this.toResult(principal, action, outcome);
  }

  private async toResult(
    principal: Principal,
    action: OrderAction,
    outcome: SubmitOutcome,
  ): Promise<OrderActionResult> {
    const { result, reason, duplicate, digestDiffers } = outcome;
    if (digestDiffers)
      return { __typename: 'IdempotencyKeyReused', message: 'The idempotency key was used before for something else.' };
    if (result === 'REJECTED')
      return { __typename: 'OrderActionRejected', message: reason ?? 'The action is against the rules.' };
    const order = await this.visibleOrder(principal, action.orderId);
    if (order === undefined) return notFound(action.orderId);
    return { __typename: 'OrderActionTaken', order, changed: result === 'APPLIED', duplicate };
  }

  private async visibleOrder(principal: Principal, id: string): Promise<Order | undefined> {
    return ifVisible(principal, (await this.reader.byIds([id])).get(id));
  }
}

/** Throws a GraphQL error. */
export function checkKey(idempotencyKey: string): void {
  if (!KEY.test(idempotencyKey))
    throw badInput('"idempotencyKey" must be 8 to 128 visible ASCII characters without spaces.');
}

/** The reason without blanks around it. Throws a GraphQL error where there is none, or too much. */
export function checkedReason(reason: string): string {
  if (reasonErrors(reason).length > 0)
    throw badInput(`"reason" must be a text of 1 to ${REASON_CHARS_MAX} characters.`);
  return reason.trim();
}

function invalid(errors: readonly ProblemDetail[]): OrderActionResult {
  const message = `Nothing was done. ${errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' ')}`;
  return { __typename: 'OrderActionInputInvalid', message, errors };
}

function auditOf(
  principal: Principal,
  action: OrderAction,
  outcome: SubmitOutcome | undefined,
): AuditEntry | undefined {
  if (outcome === undefined || outcome.duplicate) return undefined;
  return {
    actor: principal.subject,
    action: action.name.toUpperCase().replaceAll('-', '_'),
    subjectType: 'order',
    subjectId: action.orderId,
    input: action.audited,
    outcome: outcome.result,
  };
}

function notFound(orderId: string): OrderActionResult {
  return { __typename: 'OrderNotFound', message: `There is no order ${orderId}.` };
}

function digestOf({ orderId, body }: OrderAction): string {
  return createHash('sha256')
    .update(JSON.stringify([orderId, body]))
    .digest('base64url');
}
