import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { FulfillmentAvailabilityWire, PatchListingWire } from '../amazon-listings.wire.js';
import { errorAnswer, type SandboxAnswer } from './sandbox-answers.js';
import type { SandboxState } from './sandbox-state.js';

const AVAILABILITY_PATH = '/attributes/fulfillment_availability';
const marketplaces = z.object({ marketplaceIds: z.string().min(1) });

/** patchListingsItem, as far as quantities go: the last one holds. */
export function patchListing(state: SandboxState, sku: string, query: unknown, body: unknown): SandboxAnswer {
  const request = PatchListingWire.safeParse(body);
  if (!marketplaces.safeParse(query).success || !request.success)
    return errorAnswer(400, 'BAD_REQUEST', 'Invalid input', 'Invalid input');
  const values = request.data.patches
    .filter(({ op, path }) => path === AVAILABILITY_PATH && op !== 'delete')
    .flatMap(({ value }) => value ?? []);
  const availability = z.array(FulfillmentAvailabilityWire).safeParse(values);
  if (!availability.success) return submission(sku, 'INVALID');
  for (const { fulfillment_channel_code: channelCode, quantity } of availability.data)
    if (quantity !== undefined) state.record({ type: 'availability', sku, channelCode, quantity });
  return submission(sku, 'ACCEPTED');
}

export function getListing(state: SandboxState, sku: string): SandboxAnswer {
  const quantities = state.quantitiesOf(sku);
  if (quantities === undefined) return errorAnswer(404, 'NOT_FOUND', `SKU '${sku}' not found`);
  const fulfillmentAvailability = [...quantities].map(([fulfillmentChannelCode, quantity]) => ({
    fulfillmentChannelCode,
    quantity,
  }));
  return { status: 200, body: { sku, fulfillmentAvailability } };
}

function submission(sku: string, status: 'ACCEPTED' | 'INVALID'): SandboxAnswer {
  const issue = {
    code: '90215',
    message: "The value of 'quantity' is not a whole number of 0 or more.",
    severity: 'ERROR',
    attributeNames: ['fulfillment_availability'],
    categories: ['INVALID_ATTRIBUTE'],
  };
  const issues = status === 'INVALID' ? [issue] : [];
  return { status: 200, body: { sku, status, submissionId: randomUUID(), issues } };
}
