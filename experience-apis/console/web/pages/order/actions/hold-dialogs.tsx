import { useState, type ReactElement } from 'react';
import type { HoldKind } from '../../../generated/graphql.js';
import { plainWords, SelectField } from '../../../ui/index.js';
import { ActionDialog } from '../../shared/action-dialog.js';
import type { PageOrder } from '../order.documents.js';
import type { OrderDialogProps } from './cancel-dialog.js';
import { PLACE_HOLD, RELEASE_HOLD } from './order-actions.documents.js';
import { useOrderAction } from './use-order-action.js';
import { Why } from './why.js';

const KINDS: readonly HoldKind[] = [
  'MANUAL',
  'FRAUD',
  'CREDIT',
  'HIGH_VALUE',
  'PAYMENT',
  'PRICE',
  'ADDRESS',
  'SHIP_METHOD',
];

export function HoldDialog({ order, onClose, onDone }: OrderDialogProps): ReactElement {
  const { act } = useOrderAction(PLACE_HOLD, { sentence: 'The order is held.', onDone });
  const [kind, setKind] = useState<HoldKind>('MANUAL');
  const [reason, setReason] = useState('');
  return (
    <ActionDialog
      title="Hold the order"
      onClose={onClose}
      verb="Hold"
      onSubmit={() => act({ orderId: order.id, kind, reason: reason.trim() })}
    >
      {(errors) => (
        <>
          <p className="muted">Its stock stays claimed, and nothing more goes outside until the hold is released.</p>
          <SelectField
            label="Kind"
            value={kind}
            options={KINDS.map((value) => ({ value, label: value === 'MANUAL' ? 'By hand' : plainWords(value) }))}
            onChange={({ target }) => setKind(target.value as HoldKind)}
          />
          <Why value={reason} onChange={setReason} error={errors['reason']} />
        </>
      )}
    </ActionDialog>
  );
}

type Hold = PageOrder['holds'][number];

export function ReleaseDialog({ order, hold, onClose, onDone }: OrderDialogProps & { hold: Hold }): ReactElement {
  const { act } = useOrderAction(RELEASE_HOLD, { sentence: 'The hold is released: the order goes on.', onDone });
  const [reason, setReason] = useState('');
  return (
    <ActionDialog
      title="Release the hold"
      onClose={onClose}
      verb="Release"
      onSubmit={() => act({ orderId: order.id, holdId: hold.id, reason: reason.trim() })}
    >
      {(errors) => (
        <>
          <p className="muted wrap-anywhere">Held because: {hold.reason}</p>
          <Why value={reason} onChange={setReason} error={errors['reason']} />
        </>
      )}
    </ActionDialog>
  );
}
