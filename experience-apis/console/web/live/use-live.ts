import { useEffect, useEffectEvent } from 'react';
import type { TypedDocumentNode } from 'urql';
import { documentIdOf } from '../app/document-id.js';
import { subscribeTo } from './live-client.js';
import { LiveStream, type LiveError } from './live-stream.js';

export interface LiveHandlers<Data> {
  /** Each event once, in order. */
  readonly onEvent: (data: Data[keyof Data] & object) => void;
  /** Events may have been missed, for no cursor was known: read anew what is shown. */
  readonly onGap?: () => void;
  /** The hub does not give this stream to this caller. */
  readonly onRefused?: (error: LiveError) => void;
  /** False: not now. */
  readonly enabled?: boolean;
}

/**
 * Follows a subscription for as long as the component is shown. The document has one field, with `cursor` in it and a
 * variable `$after: Cursor`; give `after` in the variables to begin behind what was read already.
 */
export function useLive<Data extends object, Variables extends object>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { enabled = true, ...handlers }: LiveHandlers<Data>,
): void {
  const onEvent = useEffectEvent((event: unknown) => handlers.onEvent(event as Data[keyof Data] & object));
  const onGap = useEffectEvent(() => handlers.onGap?.());
  const onRefused = useEffectEvent((error: LiveError) => handlers.onRefused?.(error));
  const key = JSON.stringify(variables);
  useEffect(() => {
    if (!enabled) return undefined;
    const stream = new LiveStream({
      subscribe: subscribeTo(documentIdOf(document)),
      variables: JSON.parse(key) as Record<string, unknown>,
      onEvent: (event) => onEvent(event),
      onGap: () => onGap(),
      onRefused: (error) => onRefused(error),
    });
    const online = (): void => stream.retryNow();
    addEventListener('online', online);
    return () => {
      removeEventListener('online', online);
      stream.close();
    };
  }, [document, key, enabled]);
}
