import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function OrderPage(): ReactElement {
  return <Page title="Order">{null}</Page>;
}
