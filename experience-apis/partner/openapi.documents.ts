import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../src/platform/db/package-root.js';

/** Files of schema/openapi: what partners and sources of stock call, and what a warehouse implements. */
const NAMES = ['availability', 'drift', 'hold-rules', 'operations', 'partner', 'policies', 'stock', 'wms'] as const;

const documentSchema = z.looseObject({ info: z.looseObject({ title: z.string(), version: z.string() }) });
export type OpenApiDocument = z.output<typeof documentSchema>;

/** The published contracts. Read once, at start: a file that cannot be read stops the start, not a request. */
@Injectable()
export class OpenApiDocuments {
  readonly byName: ReadonlyMap<string, OpenApiDocument> = new Map(NAMES.map((name) => [name, readDocument(name)]));
}

function readDocument(name: string): OpenApiDocument {
  const text = readFileSync(join(packageRoot(), 'schema', 'openapi', `${name}.yaml`), 'utf8');
  return documentSchema.parse(parse(text));
}
