import fastify from 'fastify';
import { Webhook } from 'standardwebhooks';
import type { WireEvent, WireEventBatch } from '../wms-rest-event.wire.js';

export interface HubMessage {
  readonly id: string;
  readonly body: string;
  /** What the hub answered it with. */
  readonly status: number;
}

export interface RecordingHub {
  readonly url: string;
  readonly messages: readonly HubMessage[];
  /** The events of all messages that were answered with 204, in order. */
  taken(): readonly WireEvent[];
  /** Decides the next answers; 204 without it. Null breaks the connection. */
  answer: (events: readonly WireEvent[]) => { readonly status: number; readonly problem?: object } | null;
  close(): Promise<void>;
}

/** For specs: a hub that checks signatures, remembers each message and answers as it is told. */
export async function startRecordingHub(secret: string): Promise<RecordingHub> {
  const server = fastify({ forceCloseConnections: true });
  const webhook = new Webhook(secret);
  const messages: HubMessage[] = [];
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.post<{ Body: string }>('/wms/v1/events', (request, reply) => {
    const headers = request.headers as Record<string, string>;
    const { events } = webhook.verify(request.body, headers) as WireEventBatch;
    const answer = hub.answer(events);
    messages.push({ id: headers['webhook-id'] ?? '', body: request.body, status: answer?.status ?? 0 });
    if (answer === null) {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    void reply.code(answer.status).send(answer.problem);
  });
  const hub: RecordingHub = {
    url: await server.listen({ port: 0, host: '127.0.0.1' }),
    messages,
    taken: () =>
      messages
        .filter(({ status }) => status === 204)
        .flatMap(({ body }) => (JSON.parse(body) as WireEventBatch).events),
    answer: () => ({ status: 204 }),
    close: () => server.close(),
  };
  return hub;
}
