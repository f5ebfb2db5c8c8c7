import type { ReactElement } from 'react';
import { useNavigate } from 'react-router';
import { Page } from '../../app/page.js';
import { Button, DataTable, EmptyState, Pagination } from '../../ui/index.js';
import { useCursorPages } from '../shared/cursor-pages.js';
import { Trouble } from '../shared/loaded.js';
import { orderPath } from '../shared/paths.js';
import { useUrlState } from '../shared/url-state.js';
import { ORDER_COLUMNS, toneOfOrder } from './order-columns.js';
import { filterOf, NO_FILTER, sortOf, type FilterKey } from './order-filter.js';
import { OrderToolbar } from './order-toolbar.js';
import { useOrders } from './use-orders.js';

/** All orders, found by what is known of them. Rows move on live. */
export default function OrdersPage(): ReactElement {
  const navigate = useNavigate();
  const { values, set, clear, any } = useUrlState<FilterKey>(NO_FILTER);
  const pages = useCursorPages();
  const orders = useOrders({ filter: filterOf(values), sort: sortOf(values), after: pages.after });
  return (
    <Page title="Orders" aside={<Arrived count={orders.arrived} onShow={orders.again} />}>
      <div className="stack">
        <OrderToolbar values={values} any={any} onChange={set} onClear={clear} />
        <Trouble read={orders.read} />
        <DataTable
          caption="Orders"
          columns={ORDER_COLUMNS}
          rows={orders.rows}
          keyOf={({ id }) => id}
          onOpen={({ id }) => void navigate(orderPath(id))}
          toneOf={toneOfOrder}
          pageKeys
          stale={orders.read.stale}
          empty={
            any ? (
              <EmptyState title="No order matches" action={<Button onClick={clear}>Clear the filters</Button>}>
                The search above finds orders by any number, by e-mail address and by SKU.
              </EmptyState>
            ) : (
              <EmptyState title="No order has come yet">The first appears here by itself.</EmptyState>
            )
          }
        />
        <Pagination
          hasNext={orders.hasNext}
          hasPrevious={pages.hasPrevious}
          busy={orders.read.stale}
          onNext={() => pages.next(orders.endCursor)}
          onPrevious={pages.previous}
        />
      </div>
    </Page>
  );
}

function Arrived({ count, onShow }: { readonly count: number; readonly onShow: () => void }): ReactElement {
  return (
    <span role="status">
      {count > 0 && (
        <Button size="sm" icon="refresh" onClick={onShow}>
          {count === 1 ? 'Show 1 new order' : `Show ${count} new orders`}
        </Button>
      )}
    </span>
  );
}
