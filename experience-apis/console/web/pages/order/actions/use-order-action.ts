import { useState } from 'react';
import type { AnyVariables, TypedDocumentNode } from 'urql';
import { useToasts } from '../../../app/toasts.js';
import type { ActionResultFragment } from '../../../generated/graphql.js';
import { inputProblem, type ActionProblem } from '../../shared/action-dialog.js';
import { useAction } from '../../shared/use-action.js';

interface WithKey {
  readonly idempotencyKey: string;
}

/** An action on the order; gives why it was not taken. What was done is said, and the page reads the order anew. */
export function useOrderAction<Input extends WithKey>(
  document: TypedDocumentNode<{ result: ActionResultFragment }, { input: Input }>,
  done: { readonly sentence: string; readonly onDone: () => void },
): {
  readonly busy: boolean;
  readonly act: (input: Omit<Input, 'idempotencyKey'>) => Promise<ActionProblem | undefined>;
} {
  const toasts = useToasts();
  const { busy, run } = useAction<{ result: ActionResultFragment }, { input: Input } & AnyVariables>(document);
  // One for the dialog: a second press after an unclear answer has no second effect.
  const [idempotencyKey, setKey] = useState(() => crypto.randomUUID());
  const act = async (input: Omit<Input, 'idempotencyKey'>): Promise<ActionProblem | undefined> => {
    const answer = await run({ input: { ...input, idempotencyKey } as Input });
    if ('problem' in answer) return { sentence: answer.problem };
    const { result } = answer.data;
    // Answered: the next try is another one.
    setKey(crypto.randomUUID());
    if (result.__typename === 'OrderActionInputInvalid') return inputProblem(result);
    if (result.__typename !== 'OrderActionTaken') return { sentence: result.message };
    toasts.done(result.changed ? done.sentence : 'There was nothing left to do.');
    done.onDone();
    return undefined;
  };
  return { busy, act };
}
