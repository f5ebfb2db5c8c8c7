import { createContext, use, useMemo, type ReactElement, type ReactNode } from 'react';

/** Who is signed in. */
export interface Session {
  readonly token: string;
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
  readonly signOut: () => void;
}

const TOKEN_KEY = 'entrepot:token';
const SessionContext = createContext<Session | undefined>(undefined);

/** The bearer token of now; undefined while nobody is signed in. */
export function getToken(): string | undefined {
  return sessionStorage.getItem(TOKEN_KEY) ?? undefined;
}

/** The hub refused the token: whoever is signed in has to sign in again. */
export function tokenRefused(): void {
  sessionStorage.removeItem(TOKEN_KEY);
  location.reload();
}

/** Inside a SessionProvider that shows its children: there is always somebody. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('useSession outside of a SessionProvider');
  return session;
}

/** Shows its children to whoever is signed in, and the way to sign in to everybody else. */
export function SessionProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const token = getToken();
  const session = useMemo(() => (token === undefined ? undefined : sessionOf(token)), [token]);
  if (session === undefined) return <main>Sign in first.</main>;
  return <SessionContext value={session}>{children}</SessionContext>;
}

function sessionOf(token: string): Session {
  const [, payload = ''] = token.split('.');
  const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { sub: string; scope: string };
  return { token, subject: claims.sub, scopes: new Set(claims.scope.split(' ')), signOut: tokenRefused };
}
