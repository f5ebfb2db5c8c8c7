import { useCallback, useState } from 'react';
import { useMutation, type AnyVariables, type TypedDocumentNode } from 'urql';
import { troubleOf } from '../../app/trouble.js';

/** What a mutation answered, or why it did not, in a sentence. */
export type ActionAnswer<Data> = { readonly data: Data } | { readonly problem: string };

export interface Action<Data, Variables> {
  readonly busy: boolean;
  readonly run: (variables: Variables) => Promise<ActionAnswer<Data>>;
}

/** A mutation that says in a sentence what went wrong. */
export function useAction<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): Action<Data, Variables> {
  const [, execute] = useMutation<Data, Variables>(document);
  const [busy, setBusy] = useState(false);
  const run = useCallback(
    async (variables: Variables): Promise<ActionAnswer<Data>> => {
      setBusy(true);
      const { data, error } = await execute(variables);
      setBusy(false);
      if (error !== undefined) return { problem: troubleOf(error).sentence };
      return data === undefined ? { problem: 'The hub gave no answer: try again.' } : { data };
    },
    [execute],
  );
  return { busy, run };
}
