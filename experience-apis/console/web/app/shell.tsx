import type { ReactElement } from 'react';
import { NavLink, Outlet } from 'react-router';

export function Shell(): ReactElement {
  return (
    <div className="shell">
      <nav aria-label="Pages">
        <NavLink to="/now">Now</NavLink>
      </nav>
      <main id="content">
        <Outlet />
      </main>
    </div>
  );
}
