import { useState, type ReactElement } from 'react';
import { plainWords, SelectField, TextField } from '../../../ui/index.js';
import { ActionDialog } from '../../shared/action-dialog.js';
import { AddressFields, addressInput, NO_ADDRESS } from '../../shared/address-fields.js';
import type { OrderDialogProps } from './cancel-dialog.js';
import { CORRECT_ADDRESS, CORRECT_SHIP_METHOD, RE_SOURCE } from './order-actions.documents.js';
import { useOrderAction } from './use-order-action.js';
import { Why } from './why.js';

const TAKEN_BACK = 'Work that a warehouse was told already is taken back and released anew, if it is not too late.';

export function AddressDialog({ order, onClose, onDone }: OrderDialogProps): ReactElement {
  const { act } = useOrderAction(CORRECT_ADDRESS, { sentence: 'The address is corrected.', onDone });
  const [address, setAddress] = useState(NO_ADDRESS);
  return (
    <ActionDialog
      title="Correct the address"
      onClose={onClose}
      verb="Correct"
      onSubmit={() => act({ orderId: order.id, shipTo: addressInput(address) })}
    >
      {(errors) => (
        <>
          <p className="muted">Give the whole new address: it takes the place of the old one. {TAKEN_BACK}</p>
          <AddressFields values={address} onChange={setAddress} errors={errors} />
        </>
      )}
    </ActionDialog>
  );
}

export function ShipMethodDialog({ order, onClose, onDone }: OrderDialogProps): ReactElement {
  const { act } = useOrderAction(CORRECT_SHIP_METHOD, { sentence: 'The ship method is corrected.', onDone });
  const [shipMethod, setShipMethod] = useState(order.shipMethod ?? '');
  return (
    <ActionDialog
      title="Correct the ship method"
      onClose={onClose}
      verb="Correct"
      onSubmit={() => act({ orderId: order.id, shipMethod: shipMethod.trim() })}
    >
      {(errors) => (
        <>
          <p className="muted">{TAKEN_BACK}</p>
          <TextField
            label="Ship method"
            hint="The channel's word for the service level."
            error={errors['shipMethod']}
            required
            maxLength={100}
            value={shipMethod}
            onChange={({ target }) => setShipMethod(target.value)}
          />
        </>
      )}
    </ActionDialog>
  );
}

const ENDED = new Set(['CANCELLED', 'REJECTED', 'CLOSED']);

export function ReSourceDialog({ order, onClose, onDone }: OrderDialogProps): ReactElement {
  const { act } = useOrderAction(RE_SOURCE, { sentence: 'The units are sourced anew.', onDone });
  const [work, setWork] = useState('');
  const [reason, setReason] = useState('');
  const open = order.fulfillmentOrders.filter(({ status }) => !ENDED.has(status));
  const submit = () =>
    act({ orderId: order.id, reason: reason.trim(), ...(work === '' ? {} : { fulfillmentOrderId: work }) });
  return (
    <ActionDialog title="Source anew" onClose={onClose} verb="Source anew" onSubmit={submit}>
      {(errors) => (
        <>
          <SelectField
            label="Which work"
            hint="Work that is taken from its node goes to another one, if one has the units."
            value={work}
            options={[
              { value: '', label: 'What is short: look again' },
              ...open.map(({ id, number, node, status }) => ({
                value: id,
                label: `${number}. ${node}, ${plainWords(status).toLowerCase()}`,
              })),
            ]}
            onChange={({ target }) => setWork(target.value)}
          />
          <Why value={reason} onChange={setReason} error={errors['reason']} />
        </>
      )}
    </ActionDialog>
  );
}
