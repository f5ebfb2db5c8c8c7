import { isIP } from 'node:net';
import { z } from 'zod';

/** How the text of a setting is read, and the words for what is allowed. */
export interface SettingType<T> {
  /** Completes "give …" and stands in the documentation. */
  readonly says: string;
  readonly schema: z.ZodType<T, string>;
}

export function text(says: string, pattern = /\S/): SettingType<string> {
  return { says, schema: z.string().regex(pattern) };
}

export function wholeNumber(min: number, max: number, unit = ''): SettingType<number> {
  const schema = z.string().regex(/^\d+$/).transform(Number).pipe(z.number().int().min(min).max(max));
  return { says: `a whole number${unit && ` of ${unit}`} from ${min} to ${max}`, schema };
}

export function decimalNumber(min: number, max: number): SettingType<number> {
  const schema = z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
  return { says: `a number from ${min} to ${max}`, schema };
}

export const yesOrNo: SettingType<boolean> = { says: '`true` or `false`', schema: z.stringbool() };

export function oneOf<const Word extends string>(words: readonly Word[]): SettingType<Word> {
  return { says: `one of ${inCode(words)}`, schema: z.enum(words) };
}

/** A URL with one of the protocols (`https`), kept as the text it was. */
export function url(protocols: readonly string[]): SettingType<string> {
  const schema = z.string().refine((value) => {
    const protocol = URL.parse(value)?.protocol;
    return protocol !== undefined && protocols.includes(protocol.slice(0, -1));
  });
  return { says: `a URL that starts with ${inCode(protocols.map((protocol) => `${protocol}://`))}`, schema };
}

/** Words with commas between; each at most once. */
export function wordList<const Word extends string>(words: readonly Word[]): SettingType<readonly Word[]> {
  const schema = z
    .string()
    .transform((value) => value.split(',').map((word) => word.trim()))
    .pipe(z.array(z.enum(words)).min(1))
    .transform((list) => [...new Set(list)]);
  return { says: `${inCode(words)}, several with commas between`, schema };
}

const PAIR = /^\s*([^=,\s][^=,]*?)\s*=\s*([^,]*?)\s*$/;

/** `name=value`, several with commas between; each name once. */
export function pairs(says: string): SettingType<ReadonlyMap<string, string>> {
  const schema = z.string().transform((value, context) => {
    const read = value.split(',').map((pair) => PAIR.exec(pair));
    const found = new Map(read.flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const])));
    if (found.size !== read.length) context.addIssue('is not a list of name=value');
    return found;
  });
  return { says: `${says} as \`name=value\`, several with commas between`, schema };
}

const IPV4_BITS = 32;
const IPV6_BITS = 128;

/** IP addresses, and networks as `10.1.0.0/16`, with commas between. Not `/0`, which is everybody. */
export function networks(says: string): SettingType<readonly string[]> {
  const schema = z
    .string()
    .transform((value) => value.split(',').map((network) => network.trim()))
    .pipe(z.array(z.string().refine(isNetwork)));
  return { says: `${says} (\`10.1.2.3\`, \`10.1.0.0/16\`, \`fd00::/8\`), with commas between`, schema };
}

function isNetwork(value: string): boolean {
  const [, address = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(value) ?? [];
  const version = isIP(address);
  if (version === 0) return false;
  return bits === undefined || (Number(bits) >= 1 && Number(bits) <= (version === 4 ? IPV4_BITS : IPV6_BITS));
}

/** Words with spaces between. */
export function spacedWords(says: string): SettingType<readonly string[]> {
  const schema = z
    .string()
    .regex(/\S/)
    .transform((value) => value.trim().split(/\s+/));
  return { says: `${says}, with spaces between`, schema };
}

function inCode(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}
