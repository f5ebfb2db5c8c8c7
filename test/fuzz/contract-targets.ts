import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { Contract, type Json, type JsonObject } from '../support/contract.js';
import type { AnswerForm, FuzzedHub, Target } from './target.js';

const CONTRACTS = readdirSync(join(packageRoot(), 'schema', 'openapi'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => new Contract(file.replace('.yaml', '')));

const IDEMPOTENCY_KEY = 'idempotency-key';
/** Places that answer otherwise than by problem documents. */
const FORMS: Readonly<Record<string, AnswerForm>> = { '/graphql': 'graphql', '/oauth/authorize': 'page' };

/** One for each route of the hub that others do not answer for: bodies and parameters as its published contract shows them. */
export function contractTargets(hub: FuzzedHub, others: ReadonlySet<string>): readonly Target[] {
  return hub.routes
    .filter(({ method, path }) => !others.has(`${method} ${path}`))
    .map(({ method, path }): Target => {
      const operation = operationAt(method, path);
      return {
        name: `${method} ${path}`,
        method,
        path: path.replace(':account', PARTNER_ACCOUNT).replace(':channel', PARTNER_ACCOUNT),
        seeds: method === 'GET' ? [] : bodiesOf(operation),
        contentType: 'application/json',
        form: FORMS[path] ?? 'problem',
        query: queryOf(operation),
        headers: (_body, n) => ({ authorization: `Bearer ${hub.bearer}`, [IDEMPOTENCY_KEY]: `fuzz-${n}` }),
        fresh: (seed, n) => ('reference' in seed ? { ...seed, reference: `FUZZ-${n}` } : seed),
      };
    });
}

interface Operation {
  readonly contract: Contract;
  readonly json: JsonObject;
}

function operationAt(method: string, path: string): Operation | undefined {
  const published = path.replaceAll(/:(\w+)/g, '{$1}');
  for (const contract of CONTRACTS) {
    const at = contract.deref(contract.document['paths'])[published];
    const json = at === undefined ? undefined : (at as JsonObject)[method.toLowerCase()];
    if (json !== undefined) return { contract, json: json as JsonObject };
  }
  return undefined;
}

/** The examples of the contract. Without any, a body of which nothing fits. */
function bodiesOf(operation: Operation | undefined): readonly Json[] {
  if (operation === undefined) return [{}];
  const { contract, json } = operation;
  const content = contract.deref(contract.deref(json['requestBody'])['content']);
  const examples = Object.values(content).flatMap((media) =>
    Object.values(contract.deref((media as JsonObject)['examples'])).map((one) => contract.deref(one)['value'] as Json),
  );
  return examples.length === 0 ? [{}] : examples;
}

function queryOf(operation: Operation | undefined): readonly string[] {
  if (operation === undefined) return [];
  const { contract, json } = operation;
  return ((json['parameters'] ?? []) as Json[])
    .map((parameter) => contract.deref(parameter))
    .filter((parameter) => parameter['in'] === 'query')
    .map((parameter) => parameter['name'] as string);
}
