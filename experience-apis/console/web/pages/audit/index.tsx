import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function AuditPage(): ReactElement {
  return <Page title="Audit">{null}</Page>;
}
