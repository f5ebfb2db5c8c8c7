import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/**
 * `X-Shopify-Hmac-Sha256` is the base64 of HMAC-SHA256 over the raw body. Compared in constant time with each secret,
 * whether or not an earlier one fitted: while a secret is rotated, either may have signed.
 */
export function isSigned(body: Buffer, signature: string | undefined, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature ?? '', 'base64');
  let signed = false;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(body).digest();
    if (given.length === expected.length && timingSafeEqual(given, expected)) signed = true;
  }
  return signed;
}

/** How many webhooks were turned away for their signature since the start, by account: a wrong secret, or someone trying. */
@Injectable()
export class RejectedSignatures {
  private readonly counts = new Map<string, number>();

  /** @returns the count with this one */
  record(accountId: string): number {
    const count = this.of(accountId) + 1;
    this.counts.set(accountId, count);
    return count;
  }

  of(accountId: string): number {
    return this.counts.get(accountId) ?? 0;
  }

  all(): ReadonlyMap<string, number> {
    return this.counts;
  }
}
