import { z } from 'zod';
import { ORDER_LINES_MAX } from '../../src/model/order.js';
import { lineReference, oneLine, quantity } from './partner-order.wire.js';

/** The body of a cancellation request, as schema/openapi/partner.yaml publishes it. Without lines it asks for the whole order. */
export const cancellationSchema = z.object({
  reason: oneLine(500),
  lines: z.array(z.object({ lineReference, quantity })).min(1).max(ORDER_LINES_MAX).exactOptional(),
});
export type WireCancellation = z.output<typeof cancellationSchema>;

/**
 * How a cancellation request is kept and interpreted: its body, as it came, with the order and the key, which came in the
 * address and in a header.
 */
export const keptCancellationSchema = z.object({
  reference: z.string().min(1),
  requestId: z.string().min(1),
  request: z.string(),
});
export type KeptCancellation = z.output<typeof keptCancellationSchema>;
