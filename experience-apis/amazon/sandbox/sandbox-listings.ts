import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { FulfillmentAvailabilityWire, PatchListingWire, type PatchListingRequest } from '../amazon-listings.wire.js';
import { errorAnswer, type SandboxAnswer } from './sandbox-answers.js';
import type { SandboxState } from './sandbox-state.js';

const AVAILABILITY_PATH = '/attributes/fulfillment_availability';
const marketplaces = z.object({ marketplaceIds: z.string().min(1) });
const includedData = marketplaces.extend({ includedData: z.string().default('summaries') });

/** Amazon's words for a quantity that is none. */
export const QUANTITY_ISSUE = {
  code: '90215',
  message: "The value of 'quantity' is not a whole number of 0 or more.",
  severity: 'ERROR',
} as const;

/** patchListingsItem, as far as quantities go: the last one holds. */
export function patchListing(state: SandboxState, sku: string, query: unknown, body: unknown): SandboxAnswer {
  const request = PatchListingWire.safeParse(body);
  if (!marketplaces.safeParse(query).success || !request.success)
    return errorAnswer(400, 'BAD_REQUEST', 'Invalid input', 'Invalid input');
  return submission(sku, applyPatches(state, sku, request.data.patches) ? 'ACCEPTED' : 'INVALID');
}

/** Sets the quantities that the patches hold; false, and nothing is set, where one is not valid. */
export function applyPatches(state: SandboxState, sku: string, patches: PatchListingRequest['patches']): boolean {
  const values = patches
    .filter(({ op, path }) => path === AVAILABILITY_PATH && op !== 'delete')
    .flatMap(({ value }) => value ?? []);
  const availability = z.array(FulfillmentAvailabilityWire).safeParse(values);
  if (!availability.success) return false;
  for (const { fulfillment_channel_code: channelCode, quantity } of availability.data)
    if (quantity !== undefined) state.record({ type: 'availability', sku, channelCode, quantity });
  return true;
}

export function getListing(state: SandboxState, sku: string, query: unknown): SandboxAnswer {
  const asked = includedData.safeParse(query);
  if (!asked.success) return errorAnswer(400, 'BAD_REQUEST', 'Invalid input', 'Invalid input');
  const quantities = state.quantitiesOf(sku);
  if (quantities === undefined) return errorAnswer(404, 'NOT_FOUND', `SKU '${sku}' not found`);
  const fulfillmentAvailability = [...quantities].map(([fulfillmentChannelCode, quantity]) => ({
    fulfillmentChannelCode,
    quantity,
  }));
  const shown = asked.data.includedData.split(',').includes('fulfillmentAvailability');
  return { status: 200, body: shown ? { sku, fulfillmentAvailability } : { sku } };
}

function submission(sku: string, status: 'ACCEPTED' | 'INVALID'): SandboxAnswer {
  const issue = {
    ...QUANTITY_ISSUE,
    attributeNames: ['fulfillment_availability'],
    categories: ['INVALID_ATTRIBUTE'],
  };
  const issues = status === 'INVALID' ? [issue] : [];
  return { status: 200, body: { sku, status, submissionId: randomUUID(), issues } };
}
