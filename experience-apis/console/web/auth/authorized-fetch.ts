import { freshToken, replaceToken } from './session-store.js';

/** `fetch` with the token of now; once more with another token where the hub refuses this one. */
export async function authorizedFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const token = await freshToken();
  const answer = await send(input, init, token);
  if (answer.status !== 401 || !(await replaceToken(token))) return answer;
  return send(input, init, await freshToken());
}

function send(input: RequestInfo | URL, init: RequestInit, token: string): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  return fetch(input, { ...init, headers });
}
