import { useState } from 'react';
import { useQuery, type CombinedError } from 'urql';
import { useLive } from '../../live/use-live.js';
import { FLOW, FLOW_CHANGED, type Flow } from './flow.documents.js';

interface Seen {
  readonly channel: string | undefined;
  readonly flow: Flow;
}

export interface LiveFlow {
  /** The latest picture; undefined while none came. */
  readonly flow: Flow | undefined;
  readonly error: CombinedError | undefined;
  readonly readAgain: () => void;
}

/** The flow of orders as it is now, of one channel or of all. */
export function useFlow(channel: string | undefined): LiveFlow {
  const variables = channel === undefined ? {} : { channel };
  const [{ data, error }, read] = useQuery({ query: FLOW, variables });
  const [live, setLive] = useState<Seen>();
  const readAgain = (): void => read({ requestPolicy: 'network-only' });
  useLive(FLOW_CHANGED, variables, {
    onEvent: (flow) => setLive({ channel, flow }),
    onGap: readAgain,
  });
  const flow = latest(live?.channel === channel ? live?.flow : undefined, data?.flow);
  return { flow, error, readAgain };
}

function latest(one: Flow | undefined, other: Flow | undefined): Flow | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.asOf >= other.asOf ? one : other;
}
