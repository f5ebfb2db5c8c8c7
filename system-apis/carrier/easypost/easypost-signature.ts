import { createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = 'hmac-sha256-hex=';

/**
 * `X-Hmac-Signature` is `hmac-sha256-hex=` and the HMAC-SHA256 of the raw body, as EasyPost's own libraries check it: the key is the
 * secret in Unicode normal form KD. Compared in constant time with each secret, whether or not an earlier one fitted.
 */
export function isSigned(body: Buffer, signature: string | undefined, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature ?? '');
  let signed = false;
  for (const secret of secrets) {
    const expected = Buffer.from(signatureOf(body, secret));
    if (given.length === expected.length && timingSafeEqual(given, expected)) signed = true;
  }
  return signed;
}

function signatureOf(body: Buffer, secret: string): string {
  const key = Buffer.from(secret.normalize('NFKD'), 'utf8');
  return `${PREFIX}${createHmac('sha256', key).update(body).digest('hex')}`;
}
