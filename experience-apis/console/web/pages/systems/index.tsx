import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function SystemsPage(): ReactElement {
  return <Page title="Channels and systems">{null}</Page>;
}
