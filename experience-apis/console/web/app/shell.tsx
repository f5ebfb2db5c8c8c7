import { Suspense, useRef, useState, type ReactElement } from 'react';
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigate, useNavigation } from 'react-router';
import { useSession } from '../auth/session.js';
import { IconButton } from '../ui/button.js';
import { useInSight } from '../ui/use-in-sight.js';
import { AlertStrip } from './alert-strip.js';
import { ConnectionSign } from './connection-sign.js';
import { Help } from './help.js';
import { useKeyboard } from './keyboard.js';
import { useOpenExceptions } from './open-exceptions.js';
import { PLACES } from './places.js';
import { SearchBox } from './search-box.js';
import { UserMenu } from './user-menu.js';

/** What stands around every page. */
export function Shell(): ReactElement {
  const navigate = useNavigate();
  const search = useRef<HTMLInputElement>(null);
  const [help, setHelp] = useState(false);
  useKeyboard({
    goTo: (path) => void navigate(path),
    search: () => search.current?.select(),
    help: () => setHelp(true),
  });
  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        Skip to the page
      </a>
      <header className="shell-head">
        <Link to="/now" className="brand">
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width="22" height="22" />
          Entrepot
        </Link>
        <SearchBox input={search} />
        <ConnectionSign />
        <IconButton icon="info" label="Keys" aria-haspopup="dialog" onClick={() => setHelp(true)} />
        <UserMenu />
      </header>
      <Navigation />
      <main id="content" tabIndex={-1}>
        <AlertStrip />
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <Progress />
      <ScrollRestoration />
      {help ? <Help onClose={() => setHelp(false)} /> : null}
    </div>
  );
}

function Navigation(): ReactElement {
  const { scopes } = useSession();
  const exceptions = useOpenExceptions();
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  useInSight(nav, '.active', pathname);
  return (
    <nav ref={nav} className="shell-nav" aria-label="Pages">
      <ul>
        {PLACES.filter(({ scope }) => scopes.has(scope)).map(({ path, title, key }) => (
          <li key={path}>
            <NavLink
              to={path}
              aria-keyshortcuts={`g ${key}`}
              className={({ isActive }) => (isActive || isBelow(pathname, path) ? 'active' : '')}
            >
              {title}
              {path === '/exceptions' && exceptions !== undefined && exceptions.open > 0 ? (
                <span className="nav-count" data-severe={exceptions.severe > 0 || undefined}>
                  {exceptions.open}
                  <span className="visually-hidden"> open</span>
                </span>
              ) : null}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** A channel is a page of "Channels and systems", though its address does not say so. */
function isBelow(pathname: string, path: string): boolean {
  return path === '/systems' && pathname.startsWith('/channels/');
}

/** Only when the file of a page takes its time. */
function Progress(): ReactElement | null {
  return useNavigation().state === 'loading' ? <div className="progress" aria-hidden="true" /> : null;
}
