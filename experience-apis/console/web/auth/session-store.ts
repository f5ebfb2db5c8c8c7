import { endSession, finishSignIn, goToSignIn, renew, type Tokens } from './oidc.js';
import { readSignInConfig, type SignInConfig } from './sign-in-config.js';
import { TokenKeeper } from './token-keeper.js';

const CALLBACK_PATH = '/console/callback';
const SIGNED_OUT_PATH = '/console/signed-out';
/** Written at each sign-out: the other tabs are told of it. */
const SIGNED_OUT_KEY = 'entrepot:signed-out';

/** Who is signed in, as the hub sees the token. */
export interface Person {
  readonly subject: string;
  /** What to call the person. */
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
}

export type SessionState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'in'; readonly person: Person }
  /** What is shown stays, and nothing new comes: the person signs in again. */
  | { readonly kind: 'ended'; readonly person: Person }
  | { readonly kind: 'out' }
  | { readonly kind: 'failed'; readonly sentence: string };

let state: SessionState = { kind: 'starting' };
let config: SignInConfig | undefined;
let keeper: TokenKeeper | undefined;
const listeners = new Set<() => void>();
const renewalListeners = new Set<() => void>();

export function sessionState(): SessionState {
  return state;
}

export function onSessionState(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Told after each renewal: what was opened with the old token ends with it. */
export function onTokenRenewed(listener: () => void): () => void {
  renewalListeners.add(listener);
  return () => renewalListeners.delete(listener);
}

function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

/**
 * Before anything is shown: ends a sign-in that is under way, or begins one. Leaves the page's address as it was asked for,
 * so that whoever opens a deep link arrives there.
 */
export async function beginSession(): Promise<void> {
  try {
    config = await readSignInConfig();
    if (location.pathname === SIGNED_OUT_PATH) return become({ kind: 'out' });
    if (config === undefined) return become({ kind: 'failed', sentence: NOT_CONFIGURED });
    // Absent on pages that came over plain HTTP from another machine.
    if (!globalThis.isSecureContext) return become({ kind: 'failed', sentence: NOT_SECURE });
    if (location.pathname !== CALLBACK_PATH) return await goToSignIn(config, location.href);
    const callback = new URL(location.href);
    // Out of the address and the history before anything else: a code opens once.
    history.replaceState(null, '', '/console');
    const { tokens, returnTo } = await finishSignIn(config, callback);
    history.replaceState(null, '', returnTo);
    await takeUp(config, tokens);
  } catch (error) {
    become({ kind: 'failed', sentence: error instanceof Error ? error.message : String(error) });
  }
}

async function takeUp(signIn: SignInConfig, tokens: Tokens): Promise<void> {
  const person = await readPerson(tokens);
  keeper = new TokenKeeper({
    tokens,
    renew: (held) => renew(signIn, held),
    onRenewed: () => {
      for (const listener of renewalListeners) listener();
    },
    onEnded: () => become({ kind: 'ended', person }),
  });
  document.addEventListener('visibilitychange', () => keeper?.wake());
  addEventListener('online', () => keeper?.wake());
  // Signing out in one tab is signing out in all: the session is the browser's.
  addEventListener('storage', ({ key }) => {
    if (key === SIGNED_OUT_KEY) leave(SIGNED_OUT_PATH);
  });
  become({ kind: 'in', person });
}

/** The hub says what a token is good for: tokens of outside issuers name roles, and the hub knows what these stand for. */
async function readPerson({ accessToken, name }: Tokens): Promise<Person> {
  const answer = await fetch('/auth/self', { headers: { authorization: `Bearer ${accessToken}` } });
  if (answer.status === 401)
    throw new Error(
      'The hub does not take the tokens of this sign-in: its issuer or audience is configured otherwise.',
    );
  if (!answer.ok) throw new Error(`The hub answers with ${answer.status} when it is asked who is signed in.`);
  const self = (await answer.json()) as { readonly subject: string; readonly scopes: readonly string[] };
  return { subject: self.subject, name: name ?? self.subject, scopes: new Set(self.scopes) };
}

/** To the issuer and back to where the person is now. */
export function signInAgain(prompt?: 'login'): void {
  if (config === undefined) return location.reload();
  void goToSignIn(config, location.href, prompt);
}

/** Here, in the other tabs, and with `everywhere` in all browsers of the person. Rejects with a sentence. */
export async function signOut(everywhere = false): Promise<void> {
  if (config === undefined) return;
  const to = await endSession(config, keeper?.held, everywhere);
  localStorage.setItem(SIGNED_OUT_KEY, new Date().toISOString());
  leave(to);
}

/** With a new page: nothing that was shown stays in memory. */
function leave(to: string): void {
  keeper?.stop();
  location.replace(to);
}

/** The token of now; undefined while nobody is signed in. */
export function getToken(): string | undefined {
  return keeper?.held.accessToken;
}

/** The token to send now, renewed where it is nearly over. */
export async function freshToken(): Promise<string> {
  return (await keeper?.fresh()) ?? '';
}

/** The hub refused the token that was sent; true when there is another one to try with. */
export async function replaceToken(refused: string): Promise<boolean> {
  return (await keeper?.replace(refused)) ?? false;
}

const NOT_CONFIGURED =
  'Nobody can sign in here yet: tokens come from an outside issuer, and ENTREPOT_OIDC_AUTHORITY is not set.';
const NOT_SECURE =
  'Browsers let people sign in over HTTPS only, or on the machine itself (127.0.0.1, localhost). Open the console by its HTTPS address.';
