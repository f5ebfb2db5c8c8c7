import { InstantError, parseInstant } from '../../src/model/time.js';
import {
  PER_SECOND_MAX,
  ReplayRefusedError,
  type ReplayKind,
  type ReplayRequest,
  type ReplaySelection,
} from './replay.types.js';

type Part = keyof ReplaySelection;

/** Which parts a kind can be narrowed by. */
const SELECTION_PARTS: Readonly<Record<ReplayKind, readonly Part[]>> = {
  ORDER: ['orderId', 'channel', 'reference'],
  MESSAGES: ['channel', 'type', 'from', 'to'],
  FACTS: ['channel', 'type', 'node', 'from', 'to'],
  DEAD_LETTERS: ['type', 'from', 'to'],
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The request with its instants in one form. Throws ReplayRefusedError with the place. */
export function checkRequest(request: ReplayRequest): ReplayRequest {
  const { kind, perSecond } = request;
  if (!Number.isInteger(perSecond) || perSecond < 1 || perSecond > PER_SECOND_MAX)
    throw wrong('perSecond', `the rate is 1 to ${PER_SECOND_MAX} a second, not ${perSecond}`);
  const selection = withoutUndefined(request.selection);
  for (const part of Object.keys(selection) as Part[])
    if (!SELECTION_PARTS[kind].includes(part))
      throw wrong(`selection/${part}`, `${kind} is narrowed by ${SELECTION_PARTS[kind].join(', ')}, not by ${part}`);
  if (kind === 'ORDER') checkOrder(selection);
  else if (kind !== 'DEAD_LETTERS' && selection.channel === undefined && selection.node === undefined)
    throw wrong(
      'selection',
      kind === 'FACTS' ? 'name a channel, another source, or a node' : 'name a channel or another source',
    );
  return { ...request, selection: withInstants(selection) };
}

function checkOrder({ orderId, channel, reference }: ReplaySelection): void {
  const named = channel !== undefined && reference !== undefined;
  if (orderId === undefined ? !named : channel !== undefined || reference !== undefined)
    throw wrong('selection', 'name the order by its id, or by its channel and reference');
  if (orderId !== undefined && !UUID.test(orderId))
    throw wrong('selection/orderId', `"${orderId}" is no id of an order`);
}

function withInstants(selection: ReplaySelection): ReplaySelection {
  const from = instant(selection.from, 'from');
  const to = instant(selection.to, 'to');
  if (from !== undefined && to !== undefined && from >= to)
    throw wrong('selection/to', `nothing lies between ${from} and ${to}`);
  return { ...selection, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function instant(text: string | undefined, part: Part): string | undefined {
  if (text === undefined) return undefined;
  try {
    return parseInstant(text);
  } catch (error) {
    if (!(error instanceof InstantError)) throw error;
    throw wrong(`selection/${part}`, `"${text}" is no instant: write 2026-03-01T10:00:00Z`);
  }
}

function wrong(pointer: string, sentence: string): ReplayRefusedError {
  return new ReplayRefusedError('SELECTION_WRONG', sentence, `/${pointer}`);
}

function withoutUndefined(selection: ReplaySelection): ReplaySelection {
  return Object.fromEntries(
    Object.entries(selection)
      .filter(([, value]) => value !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
