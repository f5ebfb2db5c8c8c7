import { Contract, type Json, type JsonObject } from '../../../test/support/contract.js';

export type { Answer, Json, JsonObject } from '../../../test/support/contract.js';

const contract = new Contract('operations');

/** The published contract. */
export const CONTRACT: JsonObject = contract.document;

export const misfits = contract.misfits.bind(contract);
export const deref = contract.deref.bind(contract);

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
