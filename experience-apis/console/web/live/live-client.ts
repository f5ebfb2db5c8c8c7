import { createClient, type Client, type CloseCode } from 'graphql-ws';
import { tokenRefused } from '../auth/session.js';
import { freshToken, onTokenRenewed } from '../auth/session-store.js';
import { connectionState, setConnectionState } from './connection-state.js';
import type { LiveAnswer, Subscribe } from './live-stream.js';

const UNAUTHORIZED: CloseCode | number = 4401;
/** Behind a proxy a connection may be gone without a word: asked for this often. */
const PING_MS = 10_000;
const PONG_MS_MAX = 5_000;

let client: Client | undefined;

/** The one connection of the page. Opened by the first subscription, closed after the last. */
function liveClient(): Client {
  if (client === undefined) {
    client = connect();
    // What the old token opened ends with it: streams go on behind their cursors with the new one, before that.
    onTokenRenewed(() => client?.terminate());
  }
  return client;
}

function connect(): Client {
  const url = new URL('/graphql', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  let pong: ReturnType<typeof setTimeout> | undefined;
  let opened = false;
  return createClient({
    url: url.href,
    connectionParams: async () => ({ authorization: `Bearer ${await freshToken()}` }),
    // Streams try again by themselves, each behind its own cursor.
    retryAttempts: 0,
    lazyCloseTimeout: 1_000,
    keepAlive: PING_MS,
    on: {
      connecting: () => setConnectionState(opened ? 'reconnecting' : 'connecting'),
      connected: () => {
        opened = true;
        setConnectionState('live');
      },
      ping: (received) => {
        if (!received) pong = setTimeout(() => client?.terminate(), PONG_MS_MAX);
      },
      pong: (received) => {
        if (received) clearTimeout(pong);
      },
      closed: (event) => {
        clearTimeout(pong);
        const { code, wasClean } = event as CloseEvent;
        if (code === UNAUTHORIZED) tokenRefused();
        setConnectionState(navigator.onLine ? (wasClean && code === 1000 ? 'idle' : 'reconnecting') : 'offline');
      },
    },
  });
}

/** A subscription by the hash of its document, as LiveStream wants it. */
export function subscribeTo(documentId: string): Subscribe {
  return (variables, { opened, next, ended }) => {
    const live = liveClient();
    const forget = live.on('connected', () => queueMicrotask(opened));
    const stop = live.subscribe(
      { query: '', variables, extensions: { documentId } },
      {
        next: (answer) => next(answer as LiveAnswer),
        error: (why) => ended(why),
        complete: () => ended(undefined),
      },
    );
    if (connectionState() === 'live') opened();
    return () => {
      forget();
      stop();
    };
  };
}
