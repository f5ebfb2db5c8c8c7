import {
  cacheExchange,
  Client,
  fetchExchange,
  makeOperation,
  mapExchange,
  type DocumentInput,
  type Exchange,
  type Operation,
} from 'urql';
import { authorizedFetch } from '../auth/authorized-fetch.js';
import { tokenRefused } from '../auth/session.js';
import { connectionState, onConnectionState } from '../live/connection-state.js';
import { documentIdOf } from './document-id.js';

const DOCUMENT_ID = 'documentId';

declare module '@urql/core' {
  interface OperationContext {
    /** Set before the cache, which makes another document of the one that it gets. */
    [DOCUMENT_ID]?: string;
  }
}

const rememberId = mapExchange({
  onOperation: (operation) =>
    operation.kind === 'teardown'
      ? operation
      : makeOperation(operation.kind, operation, {
          ...operation.context,
          // The cache asks again with the document that it made: what was remembered stays.
          [DOCUMENT_ID]: operation.context[DOCUMENT_ID] ?? documentIdOf(operation.query),
        }),
});

/** The hub takes documents that it knows by their hashes alone. */
const sendIdOnly = mapExchange({
  onOperation: (operation) => {
    const documentId = operation.context[DOCUMENT_ID];
    if (documentId === undefined) return operation;
    const query = { kind: 'Document', definitions: [], documentId } as unknown as DocumentInput;
    return makeOperation(operation.kind, { ...operation, query: query as typeof operation.query }, operation.context);
  },
  onResult: (result) => {
    const status = (result.error?.response as Response | undefined)?.status;
    const refused = result.error?.graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED');
    if (status === 401 || refused === true) tokenRefused();
    return result;
  },
});

/** What comes with an error has holes, which pages would take for "nothing there": they get the error alone. */
const withoutHoles = mapExchange({
  onResult: (result) =>
    result.operation.kind === 'query' && result.error !== undefined ? { ...result, data: undefined } : result,
});

/** What could not be asked while the network was broken is asked again by itself when it is back. */
const askAgain: Exchange = (input) => {
  const failed = new Map<number, Operation>();
  const retry = (): void => {
    const operations = [...failed.values()];
    failed.clear();
    for (const operation of operations)
      input.client.reexecuteOperation(
        makeOperation(operation.kind, operation, { ...operation.context, requestPolicy: 'network-only' }),
      );
  };
  onConnectionState(() => {
    if (connectionState() === 'live') retry();
  });
  addEventListener('online', retry);
  return mapExchange({
    onOperation: (operation) => {
      if (operation.kind === 'teardown') failed.delete(operation.key);
      return operation;
    },
    onResult: (result) => {
      const { operation, error } = result;
      const unreached = error?.networkError !== undefined && error.response === undefined;
      if (unreached && operation.kind === 'query') failed.set(operation.key, operation);
      else failed.delete(operation.key);
      return result;
    },
  })(input);
};

/** The client of the page: answers are kept in memory until a mutation touches their types. */
export function createHubClient(): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    fetch: authorizedFetch,
    exchanges: [withoutHoles, askAgain, rememberId, cacheExchange, sendIdOnly, fetchExchange],
  });
}
