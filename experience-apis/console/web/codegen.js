import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';

/** Types for what the pages ask for. `persisted-documents.json` is what the hub trusts: hash to text. */
export default {
  schema: '../../../schema/graphql/*.graphql',
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
