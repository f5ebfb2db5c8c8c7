import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function SystemPage(): ReactElement {
  return <Page title="System">{null}</Page>;
}
