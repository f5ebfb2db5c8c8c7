import type { ReactElement } from 'react';
import { useSession } from '../auth/session.js';
import { Button } from '../ui/button.js';
import { useToasts } from './toasts.js';
import { setTheme, useTheme, type Theme } from './theme.js';

const THEMES: readonly (readonly [Theme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** Who is signed in, how the page looks, and the way out. */
export function UserMenu(): ReactElement {
  const { subject, name, signOut, signOutEverywhere } = useSession();
  const toasts = useToasts();
  const leave = (how: () => Promise<void>) => () =>
    void how().catch((error: unknown) => toasts.failed(error instanceof Error ? error.message : String(error)));
  const theme = useTheme();
  return (
    <details className="user-menu">
      <summary>
        <span className="user-name">{name}</span>
      </summary>
      <div className="user-menu-panel">
        <p className="small muted">
          Signed in as <strong>{subject}</strong>
        </p>
        <fieldset className="theme-choice">
          <legend>Colours</legend>
          {THEMES.map(([value, words]) => (
            <label key={value}>
              <input type="radio" name="theme" checked={theme === value} onChange={() => setTheme(value)} />
              {words}
            </label>
          ))}
        </fieldset>
        <div className="user-menu-ways-out">
          <Button size="sm" onClick={leave(signOut)}>
            Sign out
          </Button>
          <Button size="sm" kind="quiet" onClick={leave(signOutEverywhere)}>
            Sign out everywhere
          </Button>
        </div>
      </div>
    </details>
  );
}
