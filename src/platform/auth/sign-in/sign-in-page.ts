import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #16191d; --quiet: #565e69; --line: #80868f;
  --strong: #1d4fd7; --on-strong: #fff; --bad: #a01818; --bad-page: #fdecec; }
@media (prefers-color-scheme: dark) { :root { --page: #101317; --card: #191d23; --text: #eceef1; --quiet: #a7afba; --line: #7a828d;
  --strong: #8fb2ff; --on-strong: #0b1220; --bad: #ffb3b3; --bad-page: #3a1717; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 24rem; padding: 2rem; background: var(--card); border-radius: .75rem;
  box-shadow: 0 1px 2px rgb(0 0 0 / .12), 0 8px 24px rgb(0 0 0 / .08); }
h1 { margin: 0; font-size: 1.375rem; line-height: 1.3; }
p { margin: .25rem 0 1.25rem; color: var(--quiet); }
p[role=alert] { margin: 0 0 1.25rem; padding: .625rem .75rem; border-radius: .375rem; color: var(--bad); background: var(--bad-page); }
label { display: block; margin-bottom: .25rem; font-weight: 600; font-size: .875rem; }
input { width: 100%; margin-bottom: 1rem; padding: .625rem .75rem; border: 1px solid var(--line); border-radius: .375rem; background: transparent;
  color: inherit; font: inherit; }
button { width: 100%; margin-top: .25rem; padding: .6875rem; border: 0; border-radius: .375rem; background: var(--strong); color: var(--on-strong);
  font: inherit; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px; }
`;

/** Nothing runs and nothing is loaded; the form goes to the hub alone. */
export const SIGN_IN_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

export interface SignInForm {
  /** The request, signed by the issuer. */
  readonly request: string;
  readonly user: string;
  /** Why the last try did not do. */
  readonly error?: string;
}

/** The page that asks who someone is. */
export function signInPage({ request, user, error }: SignInForm): string {
  const focusUser = user === '' ? ' autofocus' : '';
  const focusPassword = user === '' ? '' : ' autofocus';
  const described = error === undefined ? '' : ' aria-describedby="error"';
  return page(
    error === undefined ? 'Sign in' : 'Not signed in',
    `<h1>Sign in to Entrepot</h1>
<p>With the account that this hub keeps for you.</p>
${error === undefined ? '' : `<p role="alert" id="error">${escaped(error)}</p>`}
<form method="post" action="/oauth/authorize">
<input type="hidden" name="request" value="${escaped(request)}">
<label for="user">User</label>
<input id="user" name="user" value="${escaped(user)}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="100" required${focusUser}${described}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required${focusPassword}${described}>
<button type="submit">Sign in</button>
</form>`,
  );
}

/** For what cannot be answered by sending the browser back. */
export function refusalPage(why: string): string {
  return page(
    'Not possible',
    `<h1>Signing in is not possible like this</h1>
<p role="alert">${escaped(why)}</p>
<p>Open the page that you came for once more, and sign in from there.</p>`,
  );
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Entrepot</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
