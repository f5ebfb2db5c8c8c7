import type { ReactElement } from 'react';
import { useToasts } from '../../app/toasts.js';
import { ConfirmDialog } from '../../ui/index.js';
import { useAction } from '../shared/use-action.js';
import { PAUSE, RESUME } from './operations.documents.js';

/** What to stop or to let go on. */
export interface PauseRequest {
  readonly verb: 'pause' | 'resume';
  readonly system: string;
  /** An operation, `*` for all, `writes` for all that change something there. */
  readonly operation: string;
}

interface PauseDialogProps {
  readonly request: PauseRequest | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks why, then stops or resumes. Open while there is a request. */
export function PauseDialog({ request, onClose, onDone }: PauseDialogProps): ReactElement | null {
  const toasts = useToasts();
  const pause = useAction(PAUSE);
  const resume = useAction(RESUME);
  if (request === undefined) return null;
  const { verb, system, operation } = request;
  const what = wordsFor(operation, system);
  const act = async (reason: string): Promise<string | undefined> => {
    const input = { system, operation, reason };
    const answer = await (verb === 'pause' ? pause.run({ input }) : resume.run({ input }));
    if ('problem' in answer) return answer.problem;
    const result = 'pauseOperations' in answer.data ? answer.data.pauseOperations : answer.data.resumeOperations;
    if (result.__typename === 'OperationNotFound') return result.message;
    const held = verb === 'resume' ? result.operations.find(({ paused }) => paused) : undefined;
    if (held !== undefined)
      return `Something else still stops it: ${held.pausedReason ?? held.id}. Resume what that pause was placed on.`;
    toasts.done(verb === 'pause' ? `Paused: ${what}.` : `Resumed: ${what}. It holds everywhere within two seconds.`);
    onDone();
    return undefined;
  };
  return (
    <ConfirmDialog
      title={`${verb === 'pause' ? 'Pause' : 'Resume'} ${what}`}
      open
      onClose={onClose}
      verb={verb === 'pause' ? 'Pause' : 'Resume'}
      danger={verb === 'pause'}
      reason={{
        label: 'Why',
        hint: 'Everybody who looks at the system sees it, and the audit keeps it. No personal data.',
      }}
      onConfirm={act}
    >
      <p>
        {verb === 'pause'
          ? 'The hub stops calling. Orders are still taken; what waits stays where it is until somebody resumes.'
          : 'The hub calls again. What waited goes on, within the rate budget. Other pauses stay.'}
      </p>
    </ConfirmDialog>
  );
}

function wordsFor(operation: string, system: string): string {
  if (operation === '*') return `all calls of ${system}`;
  return operation === 'writes' ? `all calls that change something at ${system}` : `${operation} of ${system}`;
}
