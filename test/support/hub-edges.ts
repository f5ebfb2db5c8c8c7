import { createClient, type Client } from 'graphql-ws';
import request from 'supertest';
import { WebSocket } from 'ws';
import { ORDER_QUERY, type GraphOrder } from './graph-order.js';
import type { PlacedOrder } from './place-orders.js';
import { until } from './until.js';

const WAIT_MS = 60_000;

export interface GraphAnswer<Data = Record<string, unknown>> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** A running hub as others reach it: over HTTP and WebSocket. */
export interface HubEdges {
  http(): ReturnType<typeof request>;
  graphql<Data>(query: string, variables?: object, token?: string): Promise<GraphAnswer<Data>>;
  connect(token?: string): Client;
  order(channel: string, reference: string): Promise<GraphOrder | undefined>;
  /** The order as soon as it is so; the error of a wait in vain tells how it stood. */
  waitForOrder(
    channel: string,
    reference: string,
    wanted: (order: GraphOrder) => boolean,
    timeoutMs?: number,
  ): Promise<GraphOrder>;
  /** All of them as soon as each is so, in the given order. */
  waitForAll(placed: readonly PlacedOrder[], wanted: (order: GraphOrder) => boolean): Promise<readonly GraphOrder[]>;
}

/** `bearer` is used where no other token is given. */
export function edgesOf(url: string, bearer: string): HubEdges {
  const graphql = async <Data>(query: string, variables: object = {}, token = bearer): Promise<GraphAnswer<Data>> => {
    const answer = await request(url)
      .post('/graphql')
      .set('authorization', `Bearer ${token}`)
      .send({ query, variables });
    return answer.body as GraphAnswer<Data>;
  };
  const order = async (channel: string, reference: string): Promise<GraphOrder | undefined> => {
    const { data, errors } = await graphql<{ orderByReference: GraphOrder | null }>(ORDER_QUERY, {
      channel,
      reference,
    });
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data?.orderByReference ?? undefined;
  };
  const edges: HubEdges = {
    graphql,
    order,
    http: () => request(url),
    connect: (token = bearer) =>
      createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: { authorization: `Bearer ${token}` },
      }),
    waitForOrder: async (channel, reference, wanted, timeoutMs = WAIT_MS) => {
      const { found } = await until(
        async () => ({ found: await order(channel, reference) }),
        (seen): seen is { found: GraphOrder } => seen.found !== undefined && wanted(seen.found),
        { what: `${channel} ${reference}`, timeoutMs },
      );
      return found;
    },
    waitForAll: (placed, wanted) =>
      Promise.all(placed.map(({ channel, reference }) => edges.waitForOrder(channel, reference, wanted))),
  };
  return edges;
}
