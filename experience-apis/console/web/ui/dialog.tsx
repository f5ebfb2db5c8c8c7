import {
  useEffect,
  useEffectEvent,
  useId,
  useRef,
  useState,
  type FormEvent,
  type ReactElement,
  type ReactNode,
} from 'react';
import { Button, IconButton } from './button.js';
import { classNames } from './class-names.js';
import { TextArea } from './field.js';

interface DialogProps {
  readonly title: ReactNode;
  readonly open: boolean;
  readonly onClose: () => void;
  /** `side` slides in at the end of the page: a Drawer. */
  readonly place?: 'middle' | 'side';
  readonly children: ReactNode;
  /** Buttons below; the last one is the main one. */
  readonly actions?: ReactNode;
}

const FIRST_FIELD = '.dialog-body :is(input, select, textarea)';

/** A modal window of the browser's own: the page behind is inert, Escape closes, the focus goes back to where it came from. */
export function Dialog({
  title,
  open,
  onClose,
  place = 'middle',
  children,
  actions,
}: DialogProps): ReactElement | null {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const closeIt = useEffectEvent(onClose);
  useEffect(() => {
    const element = dialog.current;
    if (!open || element === null) return undefined;
    const from = document.activeElement;
    element.showModal();
    element.querySelector<HTMLElement>(FIRST_FIELD)?.focus();
    // The dialog itself is hit only beside its content: on the backdrop.
    const listener = (event: MouseEvent): void => {
      if (event.target === element) closeIt();
    };
    element.addEventListener('click', listener);
    return () => {
      element.removeEventListener('click', listener);
      element.close();
      if (from instanceof HTMLElement && from.isConnected) from.focus();
    };
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={dialog}
      className={classNames('dialog', place === 'side' && 'dialog-side')}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog-content">
        <header className="dialog-head">
          <h2 id={id}>{title}</h2>
          <IconButton icon="cross" label="Close" onClick={onClose} />
        </header>
        <div className="dialog-body">{children}</div>
        {actions !== undefined && <footer className="dialog-actions">{actions}</footer>}
      </div>
    </dialog>
  );
}

/** A dialog at the page's side, for details of what stands in the list. */
export function Drawer(props: Omit<DialogProps, 'place'>): ReactElement | null {
  return <Dialog {...props} place="side" />;
}

interface FormDialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** The word of the button that leaves it as it was: "Cancel". */
  readonly leave: string;
  /** The verb of the main button. */
  readonly verb: string;
  readonly danger: boolean;
  readonly onSubmit: () => Promise<void>;
  readonly children: ReactNode;
}

/** A dialog that is a form, busy while it is done. Open while it is shown. */
export function FormDialog(props: FormDialogProps): ReactElement {
  const { title, onClose, leave, verb, danger, onSubmit, children } = props;
  const form = useId();
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    await onSubmit();
    setBusy(false);
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
          <Button onClick={onClose}>{leave}</Button>
          <Button kind={danger ? 'danger' : 'primary'} type="submit" form={form} busy={busy}>
            {verb}
          </Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={onForm}>
        {children}
      </form>
    </Dialog>
  );
}

interface ConfirmDialogProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  /** What will happen. */
  readonly children: ReactNode;
  /** The verb of the button: "Pause". */
  readonly verb: string;
  readonly danger?: boolean;
  /** Asks why; the words go into the history. */
  readonly reason?: { readonly label: string; readonly hint?: string };
  /** Does it. What it gives back is what went wrong, in a sentence; undefined closes the dialog. */
  readonly onConfirm: (reason: string) => Promise<string | undefined>;
}

/** Asks before something is done that others will feel. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactElement | null {
  // A fresh one each time: no reason is left over from the last.
  return props.open ? <OpenConfirmDialog {...props} /> : null;
}

function OpenConfirmDialog(props: ConfirmDialogProps): ReactElement {
  const { title, onClose, children, verb, danger = false, reason, onConfirm } = props;
  const [words, setWords] = useState('');
  const [problem, setProblem] = useState<string>();
  const confirm = async (): Promise<void> => {
    if (reason !== undefined && words.trim() === '') {
      setProblem('Say why: it is kept with what was done.');
      return;
    }
    const trouble = await onConfirm(words.trim());
    if (trouble === undefined) onClose();
    else setProblem(trouble);
  };
  return (
    <FormDialog title={title} onClose={onClose} leave="Cancel" verb={verb} danger={danger} onSubmit={confirm}>
      <div>{children}</div>
      {reason === undefined ? (
        problem !== undefined && (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )
      ) : (
        <TextArea
          label={reason.label}
          hint={reason.hint}
          error={problem}
          value={words}
          maxLength={500}
          required
          onChange={(event) => setWords(event.target.value)}
        />
      )}
    </FormDialog>
  );
}
