import { gzipSync } from 'node:zlib';
import { SeededRandom } from '../support/seeded-random.js';
import { hostileText, HOSTILE_NAMES } from './hostile-values.js';
import { mutateBytes, mutateJson } from './mutate.js';
import type { Target } from './target.js';
import { toWire, writeWire } from './wire-json.js';

/** Large enough that neighbours share no beginning. */
const SEED_STEP = 0x9e3779b1;
const QUERY_MAX = 3;
/** Of a header: the server takes 16 KiB of them together. */
const HEADER_CHARS_MAX = 2_000;

/** A request as it goes out. The same seed and number give the same one, but for the time in its signature. */
export interface Payload {
  readonly n: number;
  readonly target: Target;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

const CONTENT_TYPES: readonly string[] = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-16',
  'APPLICATION/JSON',
  'application/problem+json',
  'text/plain',
  'text/html',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/octet-stream',
  'image/png',
  'json',
  'application/graphql',
  'application/json; charset="',
  '*/*',
  '/',
  ';',
  'a/b; c',
];

const PATH_PARTS: readonly string[] = [
  '%00',
  '%ff',
  '%2e%2e',
  '%2F',
  '..',
  '.',
  '%',
  '%zz',
  '%e2%80%a8',
  "'",
  '"',
  '*',
  ':id',
  '%F0%9F%98%80',
  '0',
  '-1',
  '1e999',
  '99999999999999999999',
  '00000000-0000-0000-0000-000000000000',
  'a'.repeat(256),
  'a'.repeat(300),
  '019b7a3c-5d10-7c4e-9f51-2f6b8a1d0c33',
  'b2b-acme',
  'amazon-us',
  'shop-eu',
  'null',
  'undefined',
  '__proto__',
];

export function payloadOf(seed: number, n: number, targets: readonly Target[]): Payload {
  const random = new SeededRandom((seed + Math.imul(n + 1, SEED_STEP)) >>> 0);
  const target = random.pick(targets);
  const body = target.seeds.length === 0 && !random.chance(0.05) ? undefined : bodyOf(target, n, random);
  const headers: Record<string, string> = {
    ...(body === undefined ? {} : { 'content-type': target.contentType }),
    ...target.headers(body ?? Buffer.alloc(0), n, random),
  };
  if (random.chance(0.15)) mutateHeaders(headers, random);
  // A body that was compressed and does not say so is among the mutations of bytes.
  const zipped = body !== undefined && random.chance(0.02) ? gzipSync(body) : undefined;
  if (zipped !== undefined) headers['content-encoding'] = 'gzip';
  return { n, target, method: target.method, path: pathOf(target, random), headers, body: zipped ?? body };
}

function bodyOf(target: Target, n: number, random: SeededRandom): Buffer {
  const seed = target.seeds.length === 0 ? {} : random.pick(target.seeds);
  const bytes = typeof seed === 'string' ? Buffer.from(seed) : Buffer.from(jsonOf(target, seed, n, random));
  return random.chance(typeof seed === 'string' ? 0.9 : 0.25) ? mutateBytes(bytes, random) : bytes;
}

function jsonOf(target: Target, seed: unknown, n: number, random: SeededRandom): string {
  const own =
    typeof seed === 'object' && seed !== null && !Array.isArray(seed) ? (target.fresh?.(seed, n) ?? seed) : seed;
  const wire = toWire(own);
  // Some stay as they are: what is taken as good must stand what comes after it.
  return writeWire(random.chance(0.04) ? wire : mutateJson(wire, random));
}

function mutateHeaders(headers: Record<string, string>, random: SeededRandom): void {
  const name = random.pick([...Object.keys(headers), 'content-type', 'accept', 'content-encoding', 'x-correlation-id']);
  if (random.chance(0.2)) delete headers[name];
  else if (name === 'content-type') headers[name] = random.pick(CONTENT_TYPES);
  else if (name === 'content-encoding')
    headers[name] = random.pick(['gzip', 'br', 'deflate', 'identity', 'x', 'gzip, gzip']);
  else headers[name] = headerValue(random);
}

/** Only bytes that a header may hold: others the client itself would refuse to send. */
function headerValue(random: SeededRandom): string {
  const text = random.chance(0.2) ? 'a'.repeat(HEADER_CHARS_MAX) : hostileText(random);
  return text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '\u00ff').trim();
}

function pathOf({ path, query }: Target, random: SeededRandom): string {
  const parts = path.split('/').map((part) => (part.startsWith(':') ? random.pick(PATH_PARTS) : part));
  if (random.chance(0.03)) parts[random.int(1, parts.length)] = random.pick(PATH_PARTS);
  const asked = Array.from({ length: random.int(0, QUERY_MAX + 1) }, () => {
    const name = query.length > 0 && random.chance(0.8) ? random.pick(query) : random.pick(HOSTILE_NAMES);
    const value = random.chance(0.3) ? random.pick(PATH_PARTS) : encodeURIComponent(hostileText(random).toWellFormed());
    return `${encodeURIComponent(name)}=${value}`;
  });
  return `${parts.join('/')}${asked.length === 0 ? '' : `?${asked.join('&')}`}`;
}
