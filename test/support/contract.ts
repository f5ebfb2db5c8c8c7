import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { packageRoot } from '../../src/platform/db/package-root.js';

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const METHODS = ['get', 'post', 'put', 'delete'];

/** A published contract of `schema/openapi`, to hold requests and answers against. */
export class Contract {
  readonly document: JsonObject;
  private readonly ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));

  /** @param headersAtTimes answer headers that are not in every answer. */
  constructor(
    name: string,
    private readonly headersAtTimes: readonly string[] = [],
  ) {
    this.document = parse(readFileSync(join(packageRoot(), `schema/openapi/${name}.yaml`), 'utf8')) as JsonObject;
    this.ajv.addSchema(this.document, 'contract');
    this.ajv.addSchema(closed(this.document) as JsonObject, 'closed');
  }

  /** Why the value is not of the schema: an empty list when it is. */
  misfits(schema: string, value: unknown): readonly string[] {
    return this.errorsOf(`contract#/components/schemas/${schema}`, value);
  }

  /** What of an answer the contract does not say: an empty list when all fits. */
  answerMisfits(method: string, path: string, answer: Answer): readonly string[] {
    const operation = this.deref((this.deref(this.document['paths'])[path] as JsonObject)[method]);
    const told = (operation['responses'] as JsonObject)[String(answer.status)];
    if (told === undefined) return [`${method} ${path} may not answer ${answer.status}`];
    const { content, headers } = this.deref(told);
    if (content === undefined) return [];
    const type = (answer.headers['content-type'] ?? '').split(';', 1)[0] ?? '';
    const media = this.deref(content)[type];
    if (media === undefined) return [`${method} ${path} ${answer.status} may not be ${type}`];
    const { $ref } = this.deref(media)['schema'] as { $ref: string };
    const missing = Object.keys(this.deref(headers)).filter(
      (name) => !this.headersAtTimes.includes(name) && !(name.toLowerCase() in answer.headers),
    );
    return [...this.errorsOf(`closed${$ref}`, answer.body), ...missing.map((name) => `the header ${name} is missing`)];
  }

  /** Follows `#/a/b` into the contract. */
  deref(json: Json | undefined): JsonObject {
    const ref = (json as JsonObject | undefined)?.['$ref'];
    if (typeof ref !== 'string') return (json ?? {}) as JsonObject;
    let place: Json | undefined = this.document;
    for (const part of ref.slice(2).split('/')) place = (place as JsonObject)[part];
    return this.deref(place);
  }

  /** `method path` of each operation. */
  get operations(): readonly string[] {
    return Object.entries(this.deref(this.document['paths'])).flatMap(([path, item]) =>
      METHODS.filter((method) => method in this.deref(item)).map((method) => `${method} ${path}`),
    );
  }

  private errorsOf($ref: string, value: unknown): readonly string[] {
    const validate = this.ajv.compile({ $ref });
    validate(value);
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
  }
}

/** Receivers ignore unknown fields; what the hub answers has none, or a misspelt one would pass. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return inner['type'] === 'object' && 'properties' in inner ? { ...inner, additionalProperties: false } : inner;
}
