import { useState, type ReactElement } from 'react';
import { useToasts } from '../../app/toasts.js';
import { graphql } from '../../generated/index.js';
import type { RedriveTasksMutation } from '../../generated/graphql.js';
import { Button, ConfirmDialog } from '../../ui/index.js';
import { useAction } from './use-action.js';

const REDRIVE = graphql(`
  mutation RedriveTasks($input: RedriveTasksInput!) {
    redriveTasks(input: $input) {
      ... on TasksTaken {
        taken
        outcomes {
          taskId
          taken
          message
        }
      }
      ... on IdempotencyKeyReused {
        message
      }
    }
  }
`);

const DISCARD = graphql(`
  mutation DiscardTasks($input: DiscardTasksInput!) {
    discardTasks(input: $input) {
      ... on TasksTaken {
        taken
        outcomes {
          taskId
          taken
          message
        }
      }
      ... on IdempotencyKeyReused {
        message
      }
    }
  }
`);

interface TaskActionsProps {
  /** Dead letters. */
  readonly ids: readonly string[];
  readonly onDone: () => void;
}

/** Tries dead letters again, or takes them out for good. */
export function TaskActions({ ids, onDone }: TaskActionsProps): ReactElement {
  const toasts = useToasts();
  const [discarding, setDiscarding] = useState(false);
  const redrive = useAction(REDRIVE);
  const discard = useAction(DISCARD);
  const tryAgain = async (): Promise<void> => {
    const answer = await redrive.run({ input: { ids: [...ids], idempotencyKey: crypto.randomUUID() } });
    if ('problem' in answer) {
      toasts.failed(answer.problem);
      return;
    }
    tell(toasts, answer.data.redriveTasks, 'tried again');
    onDone();
  };
  const takeOut = async (reason: string): Promise<string | undefined> => {
    const answer = await discard.run({ input: { ids: [...ids], reason, idempotencyKey: crypto.randomUUID() } });
    if ('problem' in answer) return answer.problem;
    tell(toasts, answer.data.discardTasks, 'taken out');
    onDone();
    return undefined;
  };
  return (
    <>
      <Button size="sm" icon="refresh" busy={redrive.busy} disabled={ids.length === 0} onClick={() => void tryAgain()}>
        Try again
      </Button>
      <Button size="sm" icon="cross" disabled={ids.length === 0} onClick={() => setDiscarding(true)}>
        Discard…
      </Button>
      <ConfirmDialog
        title={ids.length === 1 ? 'Discard this dead letter' : `Discard ${ids.length} dead letters`}
        open={discarding}
        onClose={() => setDiscarding(false)}
        verb="Discard"
        danger
        reason={{ label: 'Why', hint: 'Kept in the audit. No personal data.' }}
        onConfirm={takeOut}
      >
        <p>What they were to do will be done by others, or by nobody: an order may wait until someone acts on it.</p>
      </ConfirmDialog>
    </>
  );
}

function tell(toasts: ReturnType<typeof useToasts>, result: RedriveTasksMutation['redriveTasks'], done: string): void {
  if (result.__typename === 'IdempotencyKeyReused') {
    toasts.failed(result.message);
    return;
  }
  if (result.taken > 0)
    toasts.done(result.taken === 1 ? `One dead letter is ${done}.` : `${result.taken} dead letters are ${done}.`);
  const refusals = new Set(
    result.outcomes.flatMap(({ taken, message }) => (taken ? [] : [message ?? 'It was refused.'])),
  );
  for (const refusal of refusals) toasts.failed(refusal);
}
