const HOME = '/console/now';
/** Pages of signing in itself: coming back to them would begin anew. */
const OF_SIGN_IN = new Set(['/console/callback', '/console/signed-out']);

/** Where to go on after signing in: an address of the console on this origin, whatever was written into the storage. */
export function returnTo(wish: string | undefined, origin: string): string {
  if (wish === undefined || !URL.canParse(wish, origin)) return HOME;
  const url = new URL(wish, origin);
  const isOwn = url.origin === origin && (url.pathname === '/console' || url.pathname.startsWith('/console/'));
  if (!isOwn || OF_SIGN_IN.has(url.pathname)) return HOME;
  return `${url.pathname}${url.search}${url.hash}`;
}
