import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function SearchPage(): ReactElement {
  return <Page title="Search">{null}</Page>;
}
