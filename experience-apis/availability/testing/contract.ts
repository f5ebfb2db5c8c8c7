import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { packageRoot } from '../../../src/platform/db/package-root.js';

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** The published contract. */
export const CONTRACT = parse(
  readFileSync(join(packageRoot(), 'schema/openapi/availability.yaml'), 'utf8'),
) as JsonObject;

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema(CONTRACT, 'availability');
ajv.addSchema(closed(CONTRACT) as JsonObject, 'closed');

/** Answers have no field that the contract does not name, or a misspelt one would pass. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return inner['type'] === 'object' && 'properties' in inner ? { ...inner, additionalProperties: false } : inner;
}

/** Why the value is not of the schema, or null. */
export function misfits(schema: string, value: unknown): ValidateFunction['errors'] {
  return errorsOf({ $ref: `availability#/components/schemas/${schema}` }, value);
}

function errorsOf(schema: object, value: unknown): ValidateFunction['errors'] {
  const validate = ajv.compile(schema);
  validate(value);
  return validate.errors ?? null;
}

/** Follows `#/a/b` into the contract. */
export function deref(json: Json | undefined): JsonObject {
  const ref = (json as JsonObject | undefined)?.['$ref'];
  if (typeof ref !== 'string') return (json ?? {}) as JsonObject;
  let place: Json | undefined = CONTRACT;
  for (const part of ref.slice(2).split('/')) place = (place as JsonObject)[part];
  return deref(place);
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What of an answer the contract does not say: an empty list when all fits. */
export function answerMisfits(method: string, path: string, answer: Answer): readonly string[] {
  const operation = deref((deref(CONTRACT['paths'])[path] as JsonObject)[method]);
  const told = (operation['responses'] as JsonObject)[String(answer.status)];
  if (told === undefined) return [`${method} ${path} may not answer ${answer.status}`];
  const { content, headers } = deref(told);
  const type = (answer.headers['content-type'] ?? '').split(';', 1)[0] ?? '';
  const media = deref(content)[type];
  if (media === undefined) return [`${method} ${path} ${answer.status} may not be ${type}`];
  const schema = deref(media)['schema'] as { $ref: string };
  const errors = errorsOf({ $ref: `closed${schema.$ref}` }, answer.body) ?? [];
  const missing = Object.keys(deref(headers)).filter((name) => !(name.toLowerCase() in answer.headers));
  return [
    ...errors.map((error) => `${error.instancePath} ${error.message ?? ''}`),
    ...missing.map((name) => `the header ${name} is missing`),
  ];
}

/** `method path` of each operation. */
export function operations(): readonly string[] {
  const methods = ['get', 'post', 'put', 'delete'];
  return Object.entries(deref(CONTRACT['paths'])).flatMap(([path, item]) =>
    methods.filter((method) => method in deref(item)).map((method) => `${method} ${path}`),
  );
}
