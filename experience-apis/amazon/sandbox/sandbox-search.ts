import { z } from 'zod';
import { RESULTS_PER_PAGE_MAX, type Order2026 } from '../amazon.wire.js';
import { errorAnswer, invalidInput, type SandboxAnswer } from './sandbox-answers.js';
import { isDataSet, orderView } from './sandbox-included-data.js';
import type { SandboxState } from './sandbox-state.js';

const list = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text === '' ? [] : text.split(',')));
const dataSets = list.refine((names) => names.every(isDataSet));

const searchQuery = z.object({
  lastUpdatedAfter: z.iso.datetime({ offset: true }),
  lastUpdatedBefore: z.iso.datetime({ offset: true }).optional(),
  marketplaceIds: list,
  fulfillmentStatuses: list,
  fulfilledBy: list,
  includedData: dataSets,
  maxResultsPerPage: z.coerce.number().int().min(1).max(RESULTS_PER_PAGE_MAX).default(RESULTS_PER_PAGE_MAX),
  paginationToken: z.string().optional(),
});
const tokenSchema = z.object({ position: z.int().min(0), until: z.iso.datetime() });

type SearchQuery = z.infer<typeof searchQuery>;

/** searchOrders: by time of change, pages by token, and nothing younger than `settledAt`. */
export function searchOrders(state: SandboxState, query: unknown, settledAt: number): SandboxAnswer {
  const parsed = searchQuery.safeParse(query);
  if (!parsed.success) return invalidInput('Invalid Input');
  const start = startOf(state, parsed.data, settledAt);
  if (start === undefined) return invalidInput('The pagination token is invalid or has expired.');

  const wanted = (orderId: string): boolean => matches(state.order(orderId), parsed.data);
  const page = state.log.page(start.position, start.until, parsed.data.maxResultsPerPage, wanted);
  const view = orderView(parsed.data.includedData);
  const orders = page.orderIds.flatMap((orderId) => {
    const order = state.order(orderId);
    return order === undefined ? [] : [view(order)];
  });
  const pagination = page.next === undefined ? {} : { pagination: { nextToken: encodeToken(page.next, start.until) } };
  return { status: 200, body: { orders, ...pagination, lastUpdatedBefore: start.until } };
}

export function getOrder(state: SandboxState, orderId: string, query: unknown): SandboxAnswer {
  const parsed = z.object({ includedData: dataSets }).safeParse(query);
  if (!parsed.success) return invalidInput('Invalid Input');
  const order = state.order(orderId);
  if (order === undefined) return errorAnswer(404, 'NotFound', `Requested order ${orderId} is not found`);
  return { status: 200, body: { order: orderView(parsed.data.includedData)(order) } };
}

function startOf(
  state: SandboxState,
  query: SearchQuery,
  settledAt: number,
): { readonly position: number; readonly until: string } | undefined {
  if (query.paginationToken !== undefined) return decodeToken(query.paginationToken);
  const asked = query.lastUpdatedBefore === undefined ? settledAt : Date.parse(query.lastUpdatedBefore);
  return {
    position: state.log.positionOf(new Date(query.lastUpdatedAfter).toISOString()),
    until: new Date(Math.min(asked, settledAt)).toISOString(),
  };
}

function matches(order: Order2026 | undefined, query: SearchQuery): boolean {
  if (order === undefined) return false;
  const { salesChannel, fulfillment } = order;
  return (
    takes(query.marketplaceIds, salesChannel.marketplaceId) &&
    takes(query.fulfillmentStatuses, fulfillment?.fulfillmentStatus) &&
    takes(query.fulfilledBy, fulfillment?.fulfilledBy)
  );
}

function takes(filter: readonly string[], value: string | null | undefined): boolean {
  return filter.length === 0 || (typeof value === 'string' && filter.includes(value));
}

function encodeToken(position: number, until: string): string {
  return Buffer.from(JSON.stringify({ position, until })).toString('base64url');
}

function decodeToken(token: string): z.infer<typeof tokenSchema> | undefined {
  try {
    return tokenSchema.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}
