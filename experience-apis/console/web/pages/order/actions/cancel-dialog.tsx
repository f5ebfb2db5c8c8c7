import { useState, type ReactElement } from 'react';
import { CheckField, TextField } from '../../../ui/index.js';
import { ActionDialog } from '../../shared/action-dialog.js';
import type { PageLine, PageOrder } from '../order.documents.js';
import { CANCEL } from './order-actions.documents.js';
import { useOrderAction } from './use-order-action.js';
import { Why } from './why.js';

export interface OrderDialogProps {
  readonly order: PageOrder;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Units that have not left and were not cancelled. */
export function left({ quantities: { open, reserved, released, picked, packed } }: PageLine): number {
  return open + reserved + released + picked + packed;
}

/** Cancels what is left, or some units of some lines. */
export function CancelDialog({ order, onClose, onDone }: OrderDialogProps): ReactElement {
  const { act } = useOrderAction(CANCEL, { sentence: 'The cancellation is taken in.', onDone });
  const lines = order.lines.filter((line) => left(line) > 0);
  const [all, setAll] = useState(true);
  const [units, setUnits] = useState<Readonly<Record<string, string>>>({});
  const [reason, setReason] = useState('');
  const chosen = lines.flatMap(({ lineReference }) => {
    const quantity = Number(units[lineReference] ?? '0');
    return quantity > 0 ? [{ lineReference, quantity }] : [];
  });
  const submit = async () => {
    if (!all && chosen.length === 0) return { sentence: 'Say how many units of which line.' };
    return act({ orderId: order.id, reason: reason.trim(), ...(all ? {} : { lines: chosen }) });
  };
  return (
    <ActionDialog title="Cancel units" onClose={onClose} verb="Cancel units" danger onSubmit={submit}>
      {(errors) => (
        <>
          <p className="muted">
            What has not shipped is cancelled, and the channel is told. Units with a warehouse go as soon as it agrees.
          </p>
          <CheckField
            label="Everything that has not shipped"
            checked={all}
            onChange={({ target }) => setAll(target.checked)}
          />
          {!all &&
            lines.map((line) => (
              <TextField
                key={line.id}
                label={`${line.number}. ${line.title}`}
                hint={`${left(line)} left`}
                type="number"
                min={0}
                max={left(line)}
                value={units[line.lineReference] ?? '0'}
                onChange={({ target }) => setUnits({ ...units, [line.lineReference]: target.value })}
              />
            ))}
          <Why
            value={reason}
            onChange={setReason}
            error={errors['reason']}
            hint="For the channel and the history. No personal data."
          />
        </>
      )}
    </ActionDialog>
  );
}
