import type { Interpretation, RefusedReason } from '../../src/model/channel-order.js';
import type { z } from 'zod';
import { jsonPointer } from '../../src/platform/http/problem.js';

/** Thrown inside the pure mappers, and turned into a refused interpretation by the one that called them. */
export class MappingRefusal extends Error {
  constructor(
    readonly reason: RefusedReason,
    detail: string,
    /** JSON Pointer into the body. */
    readonly pointer: string,
  ) {
    super(detail);
  }

  toInterpretation(): Interpretation {
    return { outcome: 'REFUSED', reason: this.reason, detail: this.message, pointer: this.pointer };
  }
}

/** The first thing that does not fit the wire schema. Names the place, never the value: it may be personal. */
export function contractMismatch(error: z.ZodError): MappingRefusal {
  const issue = error.issues[0];
  return new MappingRefusal(
    'CONTRACT_MISMATCH',
    issue?.message ?? 'does not fit the contract',
    jsonPointer(issue?.path ?? []),
  );
}
