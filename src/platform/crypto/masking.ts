const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]+/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const URL_PASSWORD = /(\/\/[^:/?#@\s]*:)[^/?#@\s]+@/g;

/** `Ada Lovelace` becomes `A*** L***`. */
export function maskName(name: string): string {
  return name
    .trim()
    .split(/\s+/)
    .map((part) => `${[...part][0] ?? ''}***`)
    .join(' ');
}

/** `ada@example.org` becomes `a***@***.org`: a domain may name a person too. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  if (at < 1) return '***';
  const dot = email.lastIndexOf('.');
  return `${[...email][0]}***@***${dot > at ? email.slice(dot) : ''}`;
}

/** `+49 30 123456` becomes `***56`. */
export function maskPhone(phone: string): string {
  const digits = phone.replaceAll(/\D/g, '');
  return digits.length > 4 ? `***${digits.slice(-2)}` : '***';
}

/** The text without e-mail addresses, tokens and passwords of URLs. The last guard for text that others wrote. */
export function maskText(text: string): string {
  return text
    .replaceAll(URL_PASSWORD, '$1***@')
    .replaceAll(BEARER, '$1 ***')
    .replaceAll(JSON_WEB_TOKEN, '***')
    .replaceAll(EMAIL, maskEmail);
}
