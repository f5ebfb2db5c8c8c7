import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { ConfigError } from '../../src/platform/config/config-error.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { operationRules, type OperationLimits } from './operation-rules.js';
import { checkDocument } from './check-document.js';

/** Lets a caller send any document; others send the ids of trusted ones. */
export const ARBITRARY_SCOPE = 'graphql:arbitrary';

const DOCUMENTS_MAX = 2_000;
const FILE_ENDING = '.graphql';
const HASH_PREFIX = 'sha256:';
/** Of an id that is not known. */
const ID_CHARS_TOLD = 100;

/** Texts by the SHA-256 of the document, in hex. */
const manifest = z.record(z.string().regex(/^(sha256:)?[0-9a-f]{64}$/), z.string().min(1));

export interface TrustedSources {
  /** JSON files that the builds of clients write; each may be absent. */
  readonly manifests: readonly string[];
  /** Of `*.graphql` files, one document each: known by name and by `sha256:<hash of the file>`. */
  readonly directory: string | undefined;
}

/** What a request names as its document. */
export interface AskedDocument {
  readonly query?: unknown;
  readonly documentId?: unknown;
}

export type FoundDocument = { readonly source: string } | { readonly error: GraphQLError };

/** The documents that clients may ask for by an id, so that those who need no others can send no others. */
export class TrustedDocuments {
  private readonly texts = new Map<string, string>();

  constructor(
    private readonly sources: TrustedSources,
    private readonly limits: OperationLimits,
  ) {}

  /** Reads all. Throws ConfigError that names each document which does not fit the schema or the limits, and why. */
  load(schema: GraphQLSchema): void {
    const rules = operationRules(this.limits);
    const mistakes: string[] = [];
    for (const { origin, ids, text } of this.read()) {
      const checked = checkDocument(schema, text, rules);
      if ('errors' in checked)
        mistakes.push(
          `The trusted document ${origin} cannot be run: ${checked.errors.map(({ message }) => message).join(' ')}`,
        );
      for (const id of ids) this.texts.set(id, text);
    }
    if (this.texts.size > DOCUMENTS_MAX)
      mistakes.push(`There are ${this.texts.size} trusted documents; at most ${DOCUMENTS_MAX} are allowed.`);
    if (mistakes.length > 0) throw new ConfigError(mistakes);
  }

  /** The text to be run: that of the id, or what was sent, by those who may. */
  find({ query, documentId }: AskedDocument, { scopes }: Principal): FoundDocument {
    if (isDocumentId(documentId)) {
      const source = this.texts.get(documentId);
      return source === undefined ? { error: unknown(documentId) } : { source };
    }
    if (scopes.has(ARBITRARY_SCOPE)) return { source: typeof query === 'string' ? query : '' };
    return { error: notTrusted() };
  }

  private *read(): Generator<{ readonly origin: string; readonly ids: readonly string[]; readonly text: string }> {
    for (const file of this.sources.manifests)
      for (const [key, text] of Object.entries(readManifest(file)))
        yield { origin: `${key} of ${file}`, ids: [HASH_PREFIX + key.replace(HASH_PREFIX, '')], text };
    const { directory } = this.sources;
    for (const file of directory === undefined ? [] : filesOf(directory)) {
      const text = readFileSync(file, 'utf8');
      const hash = createHash('sha256').update(text).digest('hex');
      yield { origin: file, ids: [basename(file, FILE_ENDING), HASH_PREFIX + hash], text };
    }
  }
}

/** Whether a request names a trusted document; with any other id the document is what the caller sent. */
export function namesDocument(body: unknown): boolean {
  return typeof body === 'object' && body !== null && isDocumentId((body as AskedDocument).documentId);
}

function isDocumentId(documentId: unknown): documentId is string {
  return typeof documentId === 'string' && documentId !== '';
}

/** Empty where there is none: the client was not built here. */
function readManifest(file: string): Readonly<Record<string, string>> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  const read = manifest.safeParse(readJson(text, file));
  if (read.success) return read.data;
  throw new ConfigError([`${file} is no manifest of trusted documents: ${z.prettifyError(read.error)}`]);
}

function readJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError([`${file} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`]);
  }
}

function filesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(FILE_ENDING))
      .toSorted()
      .map((name) => join(directory, name));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`ENTREPOT_TRUSTED_DOCUMENTS: the directory cannot be read (${why}).`]);
  }
}

function unknown(documentId: string): GraphQLError {
  return new GraphQLError(
    `There is no trusted document "${documentId.slice(0, ID_CHARS_TOLD)}": give the id that the build of the client wrote.`,
    { extensions: { code: 'DOCUMENT_UNKNOWN', http: { status: 400 } } },
  );
}

function notTrusted(): GraphQLError {
  return new GraphQLError(
    `Without the scope "${ARBITRARY_SCOPE}" only trusted documents are run: send "documentId" in the place of "query".`,
    { extensions: { code: 'DOCUMENT_NOT_TRUSTED', http: { status: 403 } } },
  );
}
