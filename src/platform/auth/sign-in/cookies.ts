/** Below this path alone are the cookies of signing in sent: no other request carries them. */
const COOKIE_PATH = '/oauth';
const COOKIE_VALUE = /^[\w-]{43}$/;

/** The value of the cookie, where it is one that the hub could have set. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value !== undefined && COOKIE_VALUE.test(value)) return value;
  }
  return undefined;
}

/** `Set-Cookie`: no script reads it, no other site sends it. Zero seconds delete it. */
export function cookie(name: string, value: string, seconds: number, origin: string): string {
  const secure = origin.startsWith('https:') ? '; Secure' : '';
  return `${name}=${value}; Path=${COOKIE_PATH}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}
