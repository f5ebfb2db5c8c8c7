import { useId, useState, type FormEvent, type ReactElement, type ReactNode } from 'react';
import { Button, Dialog, Notice } from '../../ui/index.js';

/** Why an action was not taken: as a whole, and at its fields by their names. */
export interface ActionProblem {
  readonly sentence?: string | undefined;
  readonly fields?: Readonly<Record<string, string>>;
}

interface ActionDialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly verb: string;
  readonly danger?: boolean;
  /** Undefined: done, and the dialog closes. */
  readonly onSubmit: () => Promise<ActionProblem | undefined>;
  /** The fields; they get what is wrong with them. */
  readonly children: (errors: Readonly<Record<string, string>>) => ReactNode;
}

/** Asks for what an action needs. Refusals stand at their fields, and what was typed stays. Open while it is shown. */
export function ActionDialog({
  title,
  onClose,
  verb,
  danger = false,
  onSubmit,
  children,
}: ActionDialogProps): ReactElement {
  const form = useId();
  const [problem, setProblem] = useState<ActionProblem>();
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    const trouble = await onSubmit();
    setBusy(false);
    setProblem(trouble);
    if (trouble === undefined) onClose();
  };
  const onForm = (event: FormEvent): void => {
    event.preventDefault();
    if (!busy) void submit();
  };
  return (
    <Dialog
      title={title}
      open
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button kind={danger ? 'danger' : 'primary'} type="submit" form={form} busy={busy}>
            {verb}
          </Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={onForm}>
        {problem?.sentence !== undefined && (
          <div role="alert">
            <Notice tone="bad" icon="stop">
              {problem.sentence}
            </Notice>
          </div>
        )}
        {children(problem?.fields ?? {})}
      </form>
    </Dialog>
  );
}
