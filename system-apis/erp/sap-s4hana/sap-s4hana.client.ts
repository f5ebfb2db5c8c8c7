import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import type { z } from 'zod';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { OutsideGate } from '../../../src/platform/outside/outside-gate.js';
import { OutsideHttp, type OutsideAnswer, type OutsideRequest } from '../../../src/platform/outside/outside-http.js';
import { queryString } from './odata.js';
import { readBody, refuseErrorMessages, SAP_SYSTEM, sapFailure } from './sap-s4hana.errors.js';
import { SAP_POLICIES } from './sap-s4hana.policies.js';
import { SAP_SETTINGS, type SapS4HanaSettings } from './sap-s4hana.settings.js';
import { collectionEnvelope, processingMessageSchema, type SapService } from './sap-s4hana.wire.js';

/** A CSRF token is good only together with the cookies it came with. */
interface Session {
  readonly token: string;
  readonly cookie: string;
}

/** An entity or entity set of a service, and the operation's name in errors. */
export interface SapResource {
  readonly service: SapService;
  readonly path: string;
  readonly operation: string;
}

interface SapRequest extends SapResource, Pick<OutsideRequest, 'method'> {
  readonly body?: object;
  readonly etag?: string;
}

/** All HTTP with SAP: Basic authentication, CSRF sessions, OData envelopes, errors. */
@Injectable()
export class SapS4HanaClient implements OnApplicationShutdown {
  private readonly http: OutsideHttp;
  private readonly sessions = new Map<SapService, Promise<Session>>();

  constructor(
    @Inject(SAP_SETTINGS) private readonly settings: SapS4HanaSettings,
    private readonly secrets: SecretSource,
    @Optional() gate: OutsideGate = new OutsideGate(),
  ) {
    this.http = new OutsideHttp(SAP_SYSTEM, SAP_POLICIES, gate, settings.timeoutMs);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }

  /** GET of an entity or a collection; `schema` is of the whole body, envelope included. */
  async read<Schema extends z.ZodType>(
    resource: SapResource,
    options: Readonly<Record<string, string>>,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const path = resource.path + queryString(options);
    return readBody(resource.operation, await this.exchange({ ...resource, path, method: 'GET' }), schema);
  }

  /** Deep insert of a new entity. */
  async create<Schema extends z.ZodType>(
    service: SapService,
    entitySet: string,
    body: object,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const operation = `${entitySet}.create`;
    const answer = await this.exchange({ service, path: entitySet, operation, method: 'POST', body });
    return readBody(operation, answer, schema);
  }

  /** Changes some properties of an entity. A stale `etag` throws a transient error with status 412. */
  async change(resource: SapResource, etag: string, body: object): Promise<void> {
    await this.exchange({ ...resource, method: 'PATCH', etag, body });
  }

  /** Calls a function import; `parameters` are OData literals. */
  async call(
    service: SapService,
    functionImport: string,
    parameters: Readonly<Record<string, string>>,
    etag: string,
  ): Promise<void> {
    const path = functionImport + queryString(parameters);
    const answer = await this.exchange({ service, path, operation: functionImport, method: 'POST', etag });
    // Some functions answer 204.
    if (answer.text === '') return;
    const messages = readBody(functionImport, answer, collectionEnvelope(processingMessageSchema));
    refuseErrorMessages(functionImport, messages, this.settings.messageReasons);
  }

  private async exchange(request: SapRequest): Promise<OutsideAnswer> {
    const session = this.session(request.service);
    let answer = await this.send(request, await session);
    if (refusesToken(answer)) {
      this.forget(request.service, session);
      answer = await this.send(request, await this.session(request.service));
    }
    if (answer.status >= 400) throw sapFailure(this.http, request.operation, answer, this.settings.messageReasons);
    return answer;
  }

  private send(request: SapRequest, session: Session): Promise<OutsideAnswer> {
    const { service, path, body, etag, method, operation } = request;
    return this.http.send({
      method,
      operation,
      url: `${this.settings.url}${service}/${path}`,
      headers: {
        ...this.commonHeaders(),
        cookie: session.cookie,
        ...(method === 'GET' ? {} : { 'x-csrf-token': session.token }),
        ...(etag === undefined ? {} : { 'if-match': etag }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** One session per service for all callers: SAP keeps each in memory, and a sign-on per request would fill it. */
  private session(service: SapService): Promise<Session> {
    const known = this.sessions.get(service);
    if (known !== undefined) return known;
    const opened = this.openSession(service);
    this.sessions.set(service, opened);
    opened.catch(() => this.forget(service, opened));
    return opened;
  }

  private forget(service: SapService, session: Promise<Session>): void {
    // Another caller may have opened a new one already.
    if (this.sessions.get(service) === session) this.sessions.delete(service);
  }

  private async openSession(service: SapService): Promise<Session> {
    const operation = 'csrf-token.fetch';
    const answer = await this.http.send({
      method: 'HEAD',
      operation,
      url: `${this.settings.url}${service}/`,
      headers: { ...this.commonHeaders(), 'x-csrf-token': 'fetch' },
    });
    if (answer.status >= 400) throw sapFailure(this.http, operation, answer);
    return {
      // Services with the CSRF check switched off give none back, and ask for none.
      token: answer.headers['x-csrf-token'] ?? '',
      cookie: answer.cookies.map((cookie) => cookie.split(';', 1)[0] ?? '').join('; '),
    };
  }

  private commonHeaders(): Record<string, string> {
    const { user, passwordSecret, client } = this.settings;
    const credentials = Buffer.from(`${user}:${this.secrets.get(passwordSecret)}`).toString('base64');
    return {
      authorization: `Basic ${credentials}`,
      accept: 'application/json',
      ...(client === undefined ? {} : { 'sap-client': client }),
    };
  }
}

function refusesToken(answer: OutsideAnswer): boolean {
  return answer.status === 403 && answer.headers['x-csrf-token']?.toLowerCase() === 'required';
}
