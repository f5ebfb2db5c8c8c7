import {
  createContext,
  use,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
  type ReactElement,
  type ReactNode,
} from 'react';
import { Button } from '../ui/button.js';
import {
  getToken,
  onSessionState,
  replaceToken,
  sessionState,
  signInAgain,
  signOut,
  type Person,
} from './session-store.js';
import './session.css';

export { getToken } from './session-store.js';

/** Who is signed in. */
export interface Session extends Person {
  /** Of this browser, in all its tabs. Rejects with a sentence when the hub cannot be reached. */
  readonly signOut: () => Promise<void>;
  readonly signOutEverywhere: () => Promise<void>;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** The hub refused the token: another one is asked for; without any the person is asked to sign in again. */
export function tokenRefused(): void {
  const token = getToken();
  if (token !== undefined) void replaceToken(token);
}

/** Inside a SessionProvider that shows its children: there is always somebody. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('useSession outside of a SessionProvider');
  return session;
}

/** Whether the person may do what needs the scope. The hub checks it again: this only decides what is shown. */
export function useScope(scope: string): boolean {
  return useSession().scopes.has(scope);
}

/** Shows its children to whoever is signed in, and what is in the way to everybody else. */
export function SessionProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const state = useSyncExternalStore(onSessionState, sessionState);
  const person = 'person' in state ? state.person : undefined;
  const session = useMemo(
    () => person && { ...person, signOut: () => signOut(), signOutEverywhere: () => signOut(true) },
    [person],
  );
  if (session !== undefined)
    return (
      <SessionContext value={session}>
        {children}
        {state.kind === 'ended' ? <SignInEnded /> : null}
      </SessionContext>
    );
  if (state.kind === 'out')
    return (
      <Notice title="You are signed out" action="Sign in" onAction={() => location.assign('/console')}>
        The console of this browser shows nothing any more.
      </Notice>
    );
  if (state.kind === 'failed')
    return (
      <Notice title="Signing in did not work" action="Try again" onAction={() => signInAgain('login')}>
        {state.sentence}
      </Notice>
    );
  return <main className="sign-in-notice" aria-busy="true" />;
}

interface NoticeProps {
  readonly title: string;
  readonly action: string;
  readonly onAction: () => void;
  readonly children: ReactNode;
}

function Notice({ title, action, onAction, children }: NoticeProps): ReactElement {
  return (
    <main className="sign-in-notice">
      <div className="sign-in-card">
        <h1>{title}</h1>
        <p role="status">{children}</p>
        <div>
          <Button kind="primary" onClick={onAction}>
            {action}
          </Button>
        </div>
      </div>
    </main>
  );
}

/** What is on the page stays to be read; what is typed is kept until the person leaves. */
function SignInEnded(): ReactElement {
  const dialog = useRef<HTMLDivElement>(null);
  useEffect(() => dialog.current?.focus(), []);
  return (
    <div
      ref={dialog}
      tabIndex={-1}
      className="sign-in-ended"
      role="alertdialog"
      aria-labelledby="sign-in-ended"
      aria-describedby="sign-in-ended-why"
    >
      <h2 id="sign-in-ended">Your sign-in has ended</h2>
      <p id="sign-in-ended-why">What you see is no longer kept up to date. You come back to this page.</p>
      <div>
        <Button kind="primary" onClick={() => signInAgain()}>
          Sign in again
        </Button>
      </div>
    </div>
  );
}
