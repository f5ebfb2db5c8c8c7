import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function PositionPage(): ReactElement {
  return <Page title="Position">{null}</Page>;
}
