/** A row of what was given as whole columns, by the column names of the statement. */
export type GivenRow = Readonly<Record<string, unknown>>;

const JSON_SEPARATOR = '\u001e';

type Decode = (value: unknown) => unknown;

interface Shape {
  readonly columns: readonly string[];
  readonly decoders: readonly Decode[];
}

const NUMBERS = new Set(['int', 'smallint', 'bigint', 'float8', 'integer']);
const shapes = new Map<string, Shape>();

/** Reads parameters as the statement says they are: columns named by its alias list, or else by what it inserts. */
export function recordsOf(text: string, values: readonly unknown[]): readonly GivenRow[] {
  const { columns, decoders } = shapeOf(text);
  const lists = columns.map((_, index) => {
    const decode = decoders[index] ?? asIs;
    return listOf(values[index], decode === jsonOf).map((value) => (value === null ? null : decode(value)));
  });
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, at) =>
    Object.fromEntries(columns.map((column, index) => [column, lists[index]?.[at] ?? null])),
  );
}

/** What an array parameter holds, however it is written. */
export function listOf(value: unknown, isJson = false): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || value === '') return [];
  if (isJson) return value.split(JSON_SEPARATOR);
  const inner = value.slice(1, -1);
  return inner === '' ? [] : inner.split(',').map((item) => (item === 'NULL' ? null : item));
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).map(String);
}

function shapeOf(text: string): Shape {
  const known = shapes.get(text);
  if (known !== undefined) return known;
  const columns = columnsOf(text);
  const decoders = columns.map((_, index) => decoderOf(text, index + 1));
  const shape = { columns, decoders };
  shapes.set(text, shape);
  return shape;
}

function columnsOf(text: string): readonly string[] {
  const aliases = [...text.matchAll(/\bas \w+ \(([\w\s,]+)\)/g)].at(-1)?.[1];
  const list = aliases ?? /insert into \w+(?: as \w+)?\s*\(([\w\s,]+)\)/.exec(text)?.[1];
  if (list === undefined) throw new Error(`the simulation cannot tell the columns of: ${text}`);
  return list.split(',').map((column) => column.trim());
}

function decoderOf(text: string, parameter: number): Decode {
  if (new RegExp(`string_to_array\\(\\$${parameter}::text`).test(text)) return jsonOf;
  const type = new RegExp(`\\$${parameter}::(\\w+)`).exec(text)?.[1] ?? '';
  if (NUMBERS.has(type)) return Number;
  if (type === 'bool') return (value) => value === true || value === 'true';
  return type === 'json' || type === 'jsonb' ? jsonOf : asIs;
}

function jsonOf(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}

function asIs(value: unknown): unknown {
  return value;
}
