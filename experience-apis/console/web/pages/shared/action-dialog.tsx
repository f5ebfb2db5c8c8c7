import { useState, type ReactElement, type ReactNode } from 'react';
import { FormDialog, Notice } from '../../ui/index.js';

/** Why an action was not taken: as a whole, and at its fields by their names. */
export interface ActionProblem {
  readonly sentence?: string | undefined;
  readonly fields?: Readonly<Record<string, string>>;
}

/** What does not fit in an input: a pointer into it leads to a field, `/shipTo/city` to `city`. */
export function inputProblem({
  errors,
}: {
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
}): ActionProblem {
  const fields = Object.fromEntries(errors.map(({ pointer, detail }) => [pointer.split('/').at(-1) ?? '', detail]));
  return { sentence: `Nothing was done. ${Object.values(fields).join(' ')}`, fields };
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
  const [problem, setProblem] = useState<ActionProblem>();
  const submit = async (): Promise<void> => {
    const trouble = await onSubmit();
    setProblem(trouble);
    if (trouble === undefined) onClose();
  };
  return (
    <FormDialog title={title} onClose={onClose} leave="Back" verb={verb} danger={danger} onSubmit={submit}>
      {problem?.sentence !== undefined && (
        <div role="alert">
          <Notice tone="bad" icon="stop">
            {problem.sentence}
          </Notice>
        </div>
      )}
      {children(problem?.fields ?? {})}
    </FormDialog>
  );
}
