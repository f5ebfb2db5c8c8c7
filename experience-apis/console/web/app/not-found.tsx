import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { Page } from './page.js';

export function NotFound(): ReactElement {
  return (
    <Page title="There is no such page">
      <p>
        The address leads nowhere in the console. <Link to="/now">Go to Now</Link>.
      </p>
    </Page>
  );
}
