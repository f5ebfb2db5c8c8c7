import { useState, type ReactElement } from 'react';
import { useToasts } from '../../app/toasts.js';
import type { ResolveExceptionsInput, ResolveExceptionsMutation } from '../../generated/graphql.js';
import { plainWords, TextArea, TextField } from '../../ui/index.js';
import { ActionDialog, inputProblem, type ActionProblem } from '../shared/action-dialog.js';
import { AddressFields, addressInput, NO_ADDRESS } from '../shared/address-fields.js';
import { useAction } from '../shared/use-action.js';
import { ACTIONS, REFUSALS } from './action-words.js';
import { RESOLVE, type ActionHint } from './exception.documents.js';

/** These exceptions, or all open ones of a cause. */
export type ResolveTarget = Pick<ResolveExceptionsInput, 'ids' | 'category' | 'groupKey'>;

interface ResolveDialogProps {
  readonly hint: ActionHint;
  readonly target: ResolveTarget;
  /** What it is about: "Unknown listing SKU: NEW-1". */
  readonly about: string;
  /** How many exceptions it will reach. */
  readonly count: number;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

type Asked = 'sku' | 'unit' | 'shipMethod' | 'reason';
const NOTHING: Readonly<Record<Asked, string>> = { sku: '', unit: '', shipMethod: '', reason: '' };

/** Asks what an action needs, as the hub says it, and does it. */
export function ResolveDialog({ hint, target, about, count, onClose, onDone }: ResolveDialogProps): ReactElement {
  const toasts = useToasts();
  const { run } = useAction(RESOLVE);
  // One for the dialog: a second press after an unclear answer has no second effect.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const [values, setValues] = useState(NOTHING);
  const [address, setAddress] = useState(NO_ADDRESS);
  const words = ACTIONS[hint.action];
  const asks = (field: string): boolean => hint.needs.includes(field) || hint.takes.includes(field);
  const submit = async (): Promise<ActionProblem | undefined> => {
    const given = Object.fromEntries(
      Object.entries(values).filter(([field, value]) => asks(field) && value.trim() !== ''),
    );
    const input = {
      ...target,
      action: hint.action,
      ...given,
      ...(asks('shipTo') ? { shipTo: addressInput(address) } : {}),
      idempotencyKey,
    };
    const answer = await run({ input });
    if ('problem' in answer) return { sentence: answer.problem };
    const result = answer.data.resolveExceptions;
    const trouble = problemOf(result);
    if (trouble !== undefined) return trouble;
    if (result.__typename === 'ExceptionsResolved') tell(toasts, words.verb, result);
    onDone();
    return undefined;
  };
  const field = (name: Asked, errors: Readonly<Record<string, string>>) => ({
    value: values[name],
    required: hint.needs.includes(name),
    error: errors[name],
    onChange: ({ target: { value } }: { target: { value: string } }) => setValues({ ...values, [name]: value }),
  });
  return (
    <ActionDialog
      title={count === 1 ? words.verb : `${words.verb}: ${count} exceptions`}
      onClose={onClose}
      verb={words.verb}
      danger={words.danger ?? false}
      onSubmit={submit}
    >
      {(errors) => (
        <>
          <div className="stack-tight">
            <p>
              <strong className="wrap-anywhere">{about}</strong>
            </p>
            <p className="muted">{words.about}</p>
          </div>
          {asks('sku') && <TextField label="SKU of our item" {...field('sku', errors)} />}
          {asks('unit') && (
            <TextField label="Unit of the listing" hint="The item's base unit when empty." {...field('unit', errors)} />
          )}
          {asks('shipMethod') && <TextField label="Ship method" {...field('shipMethod', errors)} />}
          {asks('shipTo') && <AddressFields values={address} onChange={setAddress} errors={errors} />}
          {asks('reason') && (
            <TextArea
              label="Why"
              hint="Kept in the history. No personal data."
              maxLength={500}
              {...field('reason', errors)}
            />
          )}
        </>
      )}
    </ActionDialog>
  );
}

type Result = ResolveExceptionsMutation['resolveExceptions'];

function problemOf(result: Result): ActionProblem | undefined {
  switch (result.__typename) {
    case 'ExceptionsResolved': {
      const [first] = result.outcomes;
      if (result.taken > 0 || first === undefined) return undefined;
      return { sentence: refusalOf(first) };
    }
    case 'ExceptionInputInvalid':
      return inputProblem(result);
    default:
      return { sentence: result.message };
  }
}

type Outcome = Extract<Result, { __typename: 'ExceptionsResolved' }>['outcomes'][number];

function refusalOf({ code, message }: Outcome): string {
  return message ?? (code === null || code === undefined ? 'It was refused.' : REFUSALS[code]);
}

function tell(
  toasts: ReturnType<typeof useToasts>,
  verb: string,
  { taken, outcomes }: Extract<Result, { __typename: 'ExceptionsResolved' }>,
): void {
  toasts.done(
    taken === 1 ? `${verb}: done. The exception ends with its problem.` : `${verb}: done for ${taken} exceptions.`,
  );
  const refused = outcomes.filter((outcome) => !outcome.taken);
  for (const sentence of new Set(refused.map(refusalOf))) {
    const count = refused.filter((outcome) => refusalOf(outcome) === sentence).length;
    toasts.failed(`${plainWords(verb)}: refused for ${count}. ${sentence}`);
  }
}
