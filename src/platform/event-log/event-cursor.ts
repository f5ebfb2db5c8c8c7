/** A place in the event log: the writing transaction, then the row in it. Decimal text, since both are 64 bit. */
export interface EventCursor {
  readonly tx: string;
  readonly id: string;
}

export const LOG_START: EventCursor = { tx: '0', id: '0' };

const TX_MAX = 2n ** 64n - 1n;
const ID_MAX = 2n ** 63n - 1n;

export class CursorError extends Error {
  readonly code = 'CURSOR_NOT_READABLE';
}

/** Opaque text for clients. */
export function encodeCursor(cursor: EventCursor): string {
  return Buffer.from(`${cursor.tx}:${cursor.id}`).toString('base64url');
}

export function decodeCursor(text: string): EventCursor {
  const match = /^(\d{1,20}):(\d{1,19})$/.exec(Buffer.from(text, 'base64url').toString());
  const [, tx, id] = match ?? [];
  if (tx === undefined || id === undefined || BigInt(tx) > TX_MAX || BigInt(id) > ID_MAX)
    throw new CursorError('the cursor is not one that this hub gave out');
  return { tx, id };
}

export function isAfter(a: EventCursor, b: EventCursor): boolean {
  const [left, right] = [BigInt(a.tx), BigInt(b.tx)];
  return left === right ? BigInt(a.id) > BigInt(b.id) : left > right;
}
