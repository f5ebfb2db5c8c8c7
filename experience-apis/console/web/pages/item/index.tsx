import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function ItemPage(): ReactElement {
  return <Page title="Item">{null}</Page>;
}
