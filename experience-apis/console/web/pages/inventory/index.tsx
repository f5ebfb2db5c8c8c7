import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';
import { useSession } from '../../auth/session.js';
import { Tabs, type Tab } from '../../ui/index.js';
import { useUrlState } from '../shared/url-state.js';
import { DriftView } from './drift-view.js';
import { FeedsView } from './feeds-view.js';
import { ItemsView } from './items-view.js';

const START = { view: 'items' };

/** All items with their stock, how it compares with what others count, and who tells of it. */
export default function InventoryPage(): ReactElement {
  const { scopes } = useSession();
  const { values, set } = useUrlState(START);
  const tabs: Tab[] = [{ key: 'items', title: 'Items', content: () => <ItemsView /> }];
  if (scopes.has('operations:read')) tabs.push({ key: 'drift', title: 'Drift', content: () => <DriftView /> });
  tabs.push({ key: 'feeds', title: 'Sources', content: () => <FeedsView /> });
  return (
    <Page title="Inventory">
      <Tabs label="Inventory" tabs={tabs} open={values.view} onOpen={(view) => set({ view })} />
    </Page>
  );
}
