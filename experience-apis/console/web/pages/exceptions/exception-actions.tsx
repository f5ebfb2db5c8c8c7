import { useState, type ReactElement } from 'react';
import { useSession } from '../../auth/session.js';
import { Button } from '../../ui/index.js';
import { ACTIONS } from './action-words.js';
import type { ActionHint } from './exception.documents.js';
import { ResolveDialog, type ResolveTarget } from './resolve-dialog.js';

interface ExceptionActionsProps {
  readonly actions: readonly ActionHint[];
  readonly target: ResolveTarget;
  readonly about: string;
  readonly count?: number;
  readonly onDone: () => void;
}

/** What can be done, the likely one first; each asks for what it needs. */
export function ExceptionActions({
  actions,
  target,
  about,
  count = 1,
  onDone,
}: ExceptionActionsProps): ReactElement | null {
  const { scopes } = useSession();
  const [open, setOpen] = useState<ActionHint>();
  // One address for several orders would send them all to one place.
  const offered = count === 1 ? actions : actions.filter(({ needs }) => !needs.includes('shipTo'));
  if (offered.length === 0) return null;
  if (!scopes.has('exceptions:resolve'))
    return <p className="small muted">Your role may not act on exceptions (scope exceptions:resolve).</p>;
  return (
    <div className="row">
      {offered.map((hint, at) => (
        <Button
          key={hint.action}
          size="sm"
          kind={at === 0 && ACTIONS[hint.action].danger !== true ? 'primary' : 'secondary'}
          onClick={() => setOpen(hint)}
        >
          {ACTIONS[hint.action].verb}…
        </Button>
      ))}
      {open !== undefined && (
        <ResolveDialog
          hint={open}
          target={target}
          about={about}
          count={count}
          onClose={() => setOpen(undefined)}
          onDone={onDone}
        />
      )}
    </div>
  );
}
