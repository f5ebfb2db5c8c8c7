import type { Server } from 'node:http';
import type { ApolloServerPlugin, GraphQLServerContext, GraphQLServerListener } from '@apollo/server';
import { Inject, Logger } from '@nestjs/common';
import { Plugin } from '@nestjs/apollo';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLError, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import type { Context, ServerOptions, SubscribePayload } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { TokenVerifier } from '../../src/platform/auth/token-verifier.js';
import { CONFIG, type Config } from '../../src/platform/config/config.js';
import { withCorrelation } from '../../src/platform/telemetry/correlation.js';
import { Broadcasts, type LiveOperation } from './broadcasts.js';
import { ErrorFormatter } from './graphql-errors.js';
import { SocketMetrics } from './socket-metrics.js';
import { SubscriptionDocuments } from './subscription-operation.js';
import { SubscriptionConnection } from './subscription-connection.js';
import { TrustedDocuments } from './trusted-documents.js';

export const GRAPHQL_PATH = '/graphql';

const MESSAGE_BYTES_MAX = 64 * 1024;
const SUBSCRIPTIONS_PER_CONNECTION_MAX = 100;
const CONNECTION_INIT_MS_MAX = 5_000;
const KEEP_ALIVE_MS = 12_000;
const CLOSE_MS_MAX = 2_000;

type ConnectionContext = Context<Record<string, unknown>, Extra>;

interface Asked {
  readonly context: ConnectionContext;
  readonly id: string;
  readonly payload: SubscribePayload;
}

/**
 * The WebSocket transport. Not Nest's own: that one gives no way to bound a message (100 MiB by default, before any
 * token is seen), and a syntax error would close the connection of all other subscriptions.
 * A plugin of the HTTP transport, because the two must stop together: the HTTP server waits for open sockets.
 */
@Plugin()
export class SubscriptionServer implements ApolloServerPlugin {
  private readonly logger = new Logger(SubscriptionServer.name);
  private readonly connections = new WeakMap<Extra, SubscriptionConnection>();
  private readonly errors = new ErrorFormatter();

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly broadcasts: Broadcasts,
    private readonly trusted: TrustedDocuments,
    private readonly verifier: TokenVerifier,
    private readonly metrics: SocketMetrics,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async serverWillStart({ schema }: Pick<GraphQLServerContext, 'schema'>): Promise<GraphQLServerListener> {
    const server = this.http.httpAdapter.getHttpServer() as Server;
    const sockets = new WebSocketServer({ server, path: GRAPHQL_PATH, maxPayload: MESSAGE_BYTES_MAX });
    const { dispose } = useServer(this.options(schema), sockets, KEEP_ALIVE_MS);
    // The library writes errors to the console, with their stacks. Those of the HTTP server reach whoever made it listen;
    // those of a socket any peer can cause at will.
    sockets.removeAllListeners('error');
    sockets.on('error', (error) => this.logger.debug(`WebSocket server: ${error.message}`));
    sockets.on('connection', (socket) => {
      socket.removeAllListeners('error');
      socket.on('error', (error) => this.logger.debug(`WebSocket closed: ${error.message}`));
    });
    this.metrics.watch(sockets);
    return { drainServer: () => drain(sockets, dispose) };
  }

  private options(schema: GraphQLSchema): ServerOptions<Record<string, unknown>, Extra> & { readonly isProd: true } {
    const documents = new SubscriptionDocuments(schema, this.config);
    return {
      // Otherwise the close frame carries the message of whatever broke inside.
      isProd: true,
      connectionInitWaitTimeout: CONNECTION_INIT_MS_MAX,
      onConnect: (context) => this.connect(context),
      onSubscribe: (context, id, payload) => this.prepare(schema, documents, { context, id, payload }),
      // What `prepare` made. The messages go to the socket straight from the broadcasts.
      subscribe: (operation: ExecutionArgs) => this.broadcasts.subscribe(operation as LiveOperation),
      onNext: (context, _id, _payload, _args, { data, errors }) => {
        if (errors === undefined) return;
        const told = errors.map((error) => this.format(context, error));
        return data === undefined ? { errors: told } : { data, errors: told };
      },
      onError: (context, _id, _payload, errors) => errors.map((error) => this.format(context, error)),
      onClose: (context) => {
        this.metrics.ended(context);
        this.connections.get(context.extra)?.closed();
      },
    };
  }

  private connect(context: ConnectionContext): Promise<boolean> {
    const { extra, connectionParams } = context;
    this.metrics.opened(context);
    const connection = new SubscriptionConnection(extra.socket, extra.request);
    this.connections.set(extra, connection);
    return withCorrelation(connection.correlationId, () => connection.open(this.verifier, connectionParams));
  }

  private prepare(
    schema: GraphQLSchema,
    documents: SubscriptionDocuments,
    { context, id, payload }: Asked,
  ): LiveOperation | readonly GraphQLError[] {
    if (Object.keys(context.subscriptions).length > SUBSCRIPTIONS_PER_CONNECTION_MAX) return [tooManySubscriptions()];
    const { principal, correlationId, outlet } = this.connectionOf(context);
    const found = this.trusted.find({ query: payload.query, documentId: documentIdOf(payload) }, principal);
    if ('error' in found) return [found.error];
    const prepared = documents.prepare(found.source);
    if ('errors' in prepared) return prepared.errors;
    const { operationName, variables: variableValues } = payload;
    return { schema, ...prepared, operationName, variableValues, principal, correlationId, id, outlet };
  }

  private format(context: ConnectionContext, error: unknown): ReturnType<ErrorFormatter['format']> {
    return this.errors.format(error, this.connectionOf(context).correlationId);
  }

  private connectionOf({ extra }: ConnectionContext): SubscriptionConnection {
    const connection = this.connections.get(extra);
    if (connection === undefined) throw new Error('the connection was never opened');
    return connection;
  }
}

/** Tells the clients to come again elsewhere; those that do not leave are cut off. */
async function drain(sockets: WebSocketServer, dispose: () => void | Promise<void>): Promise<void> {
  const cut = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), CLOSE_MS_MAX);
  await dispose();
  clearTimeout(cut);
}

/** Clients differ in where they can put it. */
function documentIdOf(payload: SubscribePayload & { readonly documentId?: unknown }): unknown {
  return payload.documentId ?? payload.extensions?.['documentId'];
}

function tooManySubscriptions(): GraphQLError {
  return new GraphQLError(
    `A connection carries at most ${SUBSCRIPTIONS_PER_CONNECTION_MAX} subscriptions: open another one.`,
    { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } },
  );
}
