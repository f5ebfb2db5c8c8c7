import type { ReactElement } from 'react';
import { useConnectionState, type ConnectionState } from '../live/connection-state.js';

const WORDS: Readonly<Record<ConnectionState, string>> = {
  idle: 'Not live',
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
};

const MORE: Readonly<Record<ConnectionState, string>> = {
  idle: 'This page shows nothing that changes by itself.',
  connecting: 'The connection to the hub is being opened.',
  live: 'What is shown follows the hub by itself.',
  reconnecting: 'The connection to the hub broke. What happens meanwhile is shown when it is back.',
  offline: 'This device has no network. What happens meanwhile is shown when it is back.',
};

/** Whether what is shown is as it is now. */
export function ConnectionSign(): ReactElement {
  const state = useConnectionState();
  return (
    <p className="connection" data-state={state} role="status" title={MORE[state]}>
      <span className="connection-mark" aria-hidden="true" />
      {WORDS[state]}
    </p>
  );
}
