import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function ExceptionsPage(): ReactElement {
  return <Page title="Exceptions">{null}</Page>;
}
