import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function OrdersPage(): ReactElement {
  return <Page title="Orders">{null}</Page>;
}
