import { useState, type ReactElement } from 'react';
import { useToasts } from '../../../app/toasts.js';
import { useSession } from '../../../auth/session.js';
import { Button } from '../../../ui/index.js';
import type { PageOrder } from '../order.documents.js';
import { CancelDialog, left } from './cancel-dialog.js';
import { AddressDialog, ReSourceDialog, ShipMethodDialog } from './correct-dialogs.js';
import { HoldDialog } from './hold-dialogs.js';
import { RETRY } from './order-actions.documents.js';
import { useOrderAction } from './use-order-action.js';

interface OrderActionsProps {
  readonly order: PageOrder;
  readonly onDone: () => void;
}

const DIALOGS = {
  hold: { title: 'Hold…', Dialog: HoldDialog },
  address: { title: 'Correct address…', Dialog: AddressDialog },
  shipMethod: { title: 'Correct ship method…', Dialog: ShipMethodDialog },
  reSource: { title: 'Source anew…', Dialog: ReSourceDialog },
  cancel: { title: 'Cancel…', Dialog: CancelDialog },
} as const;

type DialogName = keyof typeof DIALOGS;

/** What can be done to the order by hand. Whether it still can, the hub says. */
export function OrderActions({ order, onDone }: OrderActionsProps): ReactElement | null {
  const { scopes } = useSession();
  const [open, setOpen] = useState<DialogName>();
  if (!scopes.has('orders:write'))
    return <span className="small muted">Your role may not change orders (scope orders:write).</span>;
  if (order.completedAt !== null && order.completedAt !== undefined) return null;
  const names = offered(order, scopes.has('exceptions:resolve'));
  const Opened = open === undefined ? undefined : DIALOGS[open].Dialog;
  return (
    <div className="row">
      <RetryButton order={order} onDone={onDone} />
      {names.map((name) => (
        <Button key={name} size="sm" onClick={() => setOpen(name)}>
          {DIALOGS[name].title}
        </Button>
      ))}
      {Opened !== undefined && <Opened order={order} onClose={() => setOpen(undefined)} onDone={onDone} />}
    </div>
  );
}

/** Of an order without units left only what failed can be tried again. */
function offered({ lines }: PageOrder, solves: boolean): readonly DialogName[] {
  if (!lines.some((line) => left(line) > 0)) return [];
  return solves ? ['hold', 'address', 'shipMethod', 'reSource', 'cancel'] : ['cancel'];
}

function RetryButton({ order, onDone }: OrderActionsProps): ReactElement {
  const toasts = useToasts();
  const { busy, act } = useOrderAction(RETRY, { sentence: 'What failed is tried again.', onDone });
  const retry = async (): Promise<void> => {
    const problem = await act({ orderId: order.id });
    if (problem?.sentence !== undefined) toasts.failed(problem.sentence);
  };
  return (
    <Button size="sm" icon="refresh" busy={busy} onClick={() => void retry()}>
      Try again
    </Button>
  );
}
