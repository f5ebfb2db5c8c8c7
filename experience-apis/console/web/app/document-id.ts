import type { TypedDocumentNode } from 'urql';

/** What the hub knows the document by: `sha256:` and the hash of its text. Throws for a document that was not generated: the hub would refuse it. */
export function documentIdOf(document: TypedDocumentNode<never, never> | object): string {
  const meta = (document as { readonly __meta__?: { readonly hash?: string } }).__meta__;
  if (meta?.hash === undefined) throw new Error('a document that console:codegen does not know');
  return meta.hash;
}
