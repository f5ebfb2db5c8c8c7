import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function InventoryPage(): ReactElement {
  return <Page title="Inventory">{null}</Page>;
}
