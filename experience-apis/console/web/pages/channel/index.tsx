import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';

export default function ChannelPage(): ReactElement {
  return <Page title="Channel">{null}</Page>;
}
