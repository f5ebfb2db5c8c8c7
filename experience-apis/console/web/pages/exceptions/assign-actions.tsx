import { useState, type ReactElement } from 'react';
import { useToasts } from '../../app/toasts.js';
import { useSession } from '../../auth/session.js';
import { Button, TextField } from '../../ui/index.js';
import { ActionDialog, type ActionProblem } from '../shared/action-dialog.js';
import { useAction } from '../shared/use-action.js';
import { ASSIGN } from './exception.documents.js';

interface AssignActionsProps {
  readonly ids: readonly string[];
  /** Who has it; undefined where several have several. */
  readonly assignedTo: string | null | undefined;
  readonly onDone: () => void;
}

/** Takes exceptions over, hands them on, or gives them back to their role. */
export function AssignActions({ ids, assignedTo, onDone }: AssignActionsProps): ReactElement | null {
  const { subject, scopes } = useSession();
  const toasts = useToasts();
  const { busy, run } = useAction(ASSIGN);
  const [handing, setHanding] = useState(false);
  if (!scopes.has('exceptions:resolve')) return null;
  const assign = async (to: string | null): Promise<ActionProblem | undefined> => {
    const answer = await run({ input: { ids: [...ids], to } });
    if ('problem' in answer) return { sentence: answer.problem };
    toasts.done(to === null ? 'Given back to the role.' : `Given to ${to}.`);
    onDone();
    return undefined;
  };
  const press = (to: string | null) => () =>
    void assign(to).then((problem) => problem?.sentence !== undefined && toasts.failed(problem.sentence));
  return (
    <span className="row">
      {assignedTo === subject ? null : (
        <Button size="sm" busy={busy} onClick={press(subject)}>
          Take over
        </Button>
      )}
      <Button size="sm" onClick={() => setHanding(true)}>
        Give to…
      </Button>
      {assignedTo === null ? null : (
        <Button size="sm" busy={busy} onClick={press(null)}>
          Give back
        </Button>
      )}
      {handing ? <HandOn onClose={() => setHanding(false)} onAssign={assign} /> : null}
    </span>
  );
}

interface HandOnProps {
  readonly onClose: () => void;
  readonly onAssign: (to: string) => Promise<ActionProblem | undefined>;
}

function HandOn({ onClose, onAssign }: HandOnProps): ReactElement {
  const [to, setTo] = useState('');
  return (
    <ActionDialog title="Give to a person" onClose={onClose} verb="Give" onSubmit={() => onAssign(to.trim())}>
      {() => (
        <TextField
          label="User"
          hint="As the person signs in."
          required
          maxLength={200}
          value={to}
          onChange={({ target }) => setTo(target.value)}
        />
      )}
    </ActionDialog>
  );
}
