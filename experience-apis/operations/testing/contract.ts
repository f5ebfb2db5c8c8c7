import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { packageRoot } from '../../../src/platform/db/package-root.js';

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** The published contract. */
export const CONTRACT = parse(
  readFileSync(join(packageRoot(), 'schema/openapi/operations.yaml'), 'utf8'),
) as JsonObject;

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema(CONTRACT, 'operations');

/** Follows `#/a/b` into the contract. */
export function deref(json: Json | undefined): JsonObject {
  const ref = (json as JsonObject | undefined)?.['$ref'];
  if (typeof ref !== 'string') return (json ?? {}) as JsonObject;
  let place: Json | undefined = CONTRACT;
  for (const part of ref.slice(2).split('/')) place = (place as JsonObject)[part];
  return deref(place);
}

/** Why the value is not of the schema; empty when it is. */
export function misfits(schema: string, value: unknown): readonly string[] {
  const validate = ajv.compile({ $ref: `operations#/components/schemas/${schema}` });
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

export function example(name: string): JsonObject {
  return deref({ $ref: `#/components/examples/${name}` })['value'] as JsonObject;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly json: JsonObject;
}

const METHODS = ['get', 'put', 'post', 'delete'];

export const OPERATIONS: readonly Operation[] = Object.entries(CONTRACT['paths'] as JsonObject).flatMap(([path, at]) =>
  METHODS.flatMap((method): Operation[] => {
    const json = (at as JsonObject)[method];
    return json === undefined ? [] : [{ method, path, json: json as JsonObject }];
  }),
);

export interface Media {
  readonly schema: string;
  readonly examples: readonly Json[];
}

/** What bodies the place holds: a request body or a response. */
export function mediaOf(place: Json | undefined): readonly Media[] {
  return Object.values(deref(deref(place)['content'])).map((media) => {
    const { schema, examples } = media as { schema: { $ref: string }; examples: JsonObject };
    return {
      schema: schema.$ref.split('/').at(-1) ?? '',
      examples: Object.values(examples).map((one) => deref(one)['value'] as Json),
    };
  });
}
