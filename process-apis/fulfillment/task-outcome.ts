import type { OrderParties } from '../../src/model/channel-order.js';
import { afterFailure, isFinal, kindOf, OutsideError } from '../../src/platform/outside/outside-error.js';
import type { TaskResult, TaskRun } from '../../src/platform/jobs/index.js';
import type { OutsideSystem } from '../../src/model/order.js';
import { sealEvidence, writeCallEvidence, type SealedEvidence } from '../exceptions/index.js';
import type { OrderCommit, OrderFactBody, Rider, RiderWriter } from '../orders/index.js';
import { withoutPersonalData } from './personal-data.js';

export interface TaskSubject {
  readonly orderId: string;
  /** What the outside system may quote of the order, and nobody else shall see. */
  readonly parties: OrderParties;
  readonly waitKey: string;
  readonly system: OutsideSystem;
  readonly operation: string;
}

/** An earlier try, of this task or of one before it, may have had its effect outside: look before writing. */
export function mayExist(task: TaskRun): boolean {
  return task.attempt > 0 || (task.payload as { readonly again?: boolean }).again === true;
}

/** Hands in what a task led to, as a fact whose id is the task's own key: a task that runs twice says it once. */
export async function submitResult(
  orders: OrderCommit,
  source: string,
  orderId: string,
  taskKey: string,
  body: OrderFactBody,
  evidence?: Rider,
): Promise<void> {
  const fact = {
    id: `task/${taskKey}/${body.kind}`,
    source,
    occurredAt: new Date().toISOString(),
    address: { by: 'ID', orderId },
    body,
  } as const;
  await orders.submit([fact], evidence === undefined ? {} : { rider: evidence });
}

/**
 * What becomes of a task whose call failed. The order's wait gets the error as a sentence, with its kind, and whether it is
 * tried again: where it is not, a person must act.
 */
export async function failed(
  orders: OrderCommit,
  task: TaskRun,
  subject: TaskSubject,
  error: unknown,
): Promise<TaskResult> {
  const { orderId, parties, waitKey, system, operation } = subject;
  const message = withoutPersonalData(error instanceof Error ? error.message : String(error), parties);
  const errorKind = kindOf(error);
  const { reason, notSent } = error instanceof OutsideError ? error.details : {};
  const final = isFinal(errorKind) || (task.lastTry && notSent !== true);
  const more = { ...(reason === undefined ? {} : { code: reason }), ...(notSent === true ? { notSent } : {}) };
  const occurredAt = new Date().toISOString();
  const evidence = evidenceOf(orders, subject, error);
  const fact = {
    // What was not sent costs no try: the try of the same number tells its own outcome later.
    id: `task/${task.key}/${notSent === true ? 'held' : 'attempt'}/${task.attempt}`,
    source: 'hub',
    occurredAt,
    address: { by: 'ID', orderId },
    body: { kind: 'OutsideCallFailed', waitKey, system, operation, error: message, errorKind, final, ...more },
  } as const;
  await orders.submit([fact], evidence === undefined ? {} : { rider: evidence });
  return afterFailure(error, message);
}

const writeEvidence: RiderWriter = (tx, rows) => writeCallEvidence(tx, rows as readonly SealedEvidence[]);

/** What was sent and answered, sealed, for who looks why the step failed. None where nothing was sent. */
export function evidenceOf(
  { cipher }: OrderCommit,
  { orderId, waitKey }: Pick<TaskSubject, 'orderId' | 'waitKey'>,
  error: unknown,
): Rider | undefined {
  if (!(error instanceof OutsideError) || error.details.exchange === undefined) return undefined;
  const { system, operation, exchange } = error.details;
  const sealed = sealEvidence(cipher, { orderId, waitKey, system, operation, at: new Date().toISOString(), exchange });
  return { write: writeEvidence, row: () => sealed };
}
