import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function ExceptionPage(): ReactElement {
  return <Page title="Exception">{null}</Page>;
}
