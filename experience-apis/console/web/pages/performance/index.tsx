import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function PerformancePage(): ReactElement {
  return <Page title="Performance">{null}</Page>;
}
