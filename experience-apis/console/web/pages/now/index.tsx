import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function NowPage(): ReactElement {
  return <Page title="Now">{null}</Page>;
}
