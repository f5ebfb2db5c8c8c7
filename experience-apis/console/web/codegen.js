import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';
import { Kind, parse, print, visit } from 'graphql';

const SDL = join(import.meta.dirname, '../../../schema/graphql');

/** The graph as a page meets it: what is null only beside an error never is, because no answer with an error is handed on. */
function graphOfPages() {
  const text = globSync('*.graphql', { cwd: SDL })
    .toSorted()
    .map((file) => readFileSync(join(SDL, file), 'utf8'))
    .join('\n');
  return print(
    visit(parse(text), {
      FieldDefinition: (field) =>
        field.directives?.some(({ name }) => name.value === 'semanticNonNull')
          ? { ...field, directives: [], type: { kind: Kind.NON_NULL_TYPE, type: field.type } }
          : undefined,
    }),
  );
}

/** Types for what the pages ask for. `persisted-documents.json` is what the hub trusts: hash to text. */
export default {
  schema: graphOfPages(),
  documents: ['./{app,auth,live,ui,pages}/**/*.{ts,tsx}'],
  ignoreNoDocuments: true,
  generates: {
    './generated/': {
      preset: 'client',
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: { mode: 'embedHashInDocument', hashAlgorithm: 'sha256' },
      },
      documentTransforms: [addTypenameSelectionDocumentTransform],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        scalars: {
          DateTime: 'string',
          SafeInt: 'number',
          JSONObject: 'Record<string, unknown>',
          JSON: 'unknown',
          Cursor: 'string',
        },
        defaultScalarType: 'unknown',
        strictScalars: false,
      },
    },
  },
};
