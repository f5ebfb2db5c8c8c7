import type { ExceptionRecord } from '../../process-apis/exceptions/index.js';
import { categoryDefinition, type ExceptionAction, type ExceptionCategory } from '../../src/model/exception.js';
import { maskText } from '../../src/platform/crypto/masking.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';

/** The schema's `ExceptionActionHint`. */
export interface ActionHint {
  readonly action: ExceptionAction;
  readonly needs: readonly string[];
  readonly takes: readonly string[];
}

const NEEDS: Readonly<Record<ExceptionAction, readonly string[]>> = {
  MAP_SKU: ['sku'],
  CORRECT_ADDRESS: ['shipTo'],
  CORRECT_SHIP_METHOD: ['shipMethod'],
  ACCEPT_PRICE: ['reason'],
  RE_SOURCE: ['reason'],
  HOLD: ['reason'],
  RELEASE_HOLD: ['reason'],
  CANCEL: ['reason'],
  RETRY: [],
  REPROCESS_MESSAGE: [],
  IGNORE: ['reason'],
};

export function actionHints(category: ExceptionCategory): readonly ActionHint[] {
  return categoryDefinition(category).actions.map((action) => ({
    action,
    needs: NEEDS[action],
    takes: action === 'MAP_SKU' ? ['unit'] : [],
  }));
}

/** What can be done for this very exception: releasing needs a hold, and all but a message's actions an order. */
export function hintsOf({ category, status, subject }: ExceptionRecord): readonly ActionHint[] {
  if (status === 'RESOLVED') return [];
  return actionHints(category).filter(({ action }) => {
    if (action === 'RELEASE_HOLD' || action === 'ACCEPT_PRICE') return subject.holdId !== undefined;
    if (action === 'REPROCESS_MESSAGE') return subject.messageId !== undefined;
    return action === 'MAP_SKU' || action === 'IGNORE' || subject.orderId !== undefined;
  });
}

export function ageSeconds({ raisedAt, endedAt, status }: ExceptionRecord, nowMs: number): number {
  const until = status === 'RESOLVED' && endedAt !== null ? Date.parse(endedAt) : nowMs;
  return Math.max(0, Math.floor((until - Date.parse(raisedAt)) / 1_000));
}

/** The schema's `ExceptionEvent`. Texts may quote others: they are masked. */
export function exceptionEventView({ type, occurredAt, data }: LoggedEvent): object {
  const detail = Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      typeof value === 'string' ? maskText(value) : (value as unknown),
    ]),
  );
  return { type, occurredAt, by: 'by' in data ? data.by : null, detail };
}
