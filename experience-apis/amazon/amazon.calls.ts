import type { OutsideAnswer, OutsideHttp, OutsideRequest } from '../../src/platform/outside/outside-http.js';
import { ACCESS_TOKEN_HEADER } from './amazon-access.wire.js';
import type { Operation } from './amazon-usage-plan.wire.js';
import { explainErrors } from './amazon.answers.js';
import type { AmazonSettings } from './amazon.settings.js';
import type { LwaToken } from './amazon.token.js';

// Amazon asks every application to name itself.
const USER_AGENT = 'Entrepot/0.1 (Language=JavaScript; Platform=Node.js)';

export interface AmazonCall {
  readonly operation: Operation;
  readonly method: OutsideRequest['method'];
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** Calls of one seller account: its token, its share of the limits, its errors. Gives good answers only, and does not retry. */
export class AmazonCalls {
  constructor(
    private readonly accountId: string,
    private readonly settings: AmazonSettings,
    private readonly http: OutsideHttp,
    private readonly token: LwaToken,
  ) {}

  /** @throws OutsideError */
  async call(call: AmazonCall): Promise<OutsideAnswer> {
    const answer = await this.authorized(call);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.http.failure(call.operation, answer, explainErrors);
  }

  /** SP-API tells an expired or revoked token by 401 or 403; one fresh token is tried, once. */
  private async authorized(call: AmazonCall): Promise<OutsideAnswer> {
    const token = await this.token.get();
    const answer = await this.send(call, token);
    if (answer.status !== 401 && answer.status !== 403) return answer;
    this.token.discard(token);
    return await this.send(call, await this.token.get());
  }

  private send(call: AmazonCall, token: string): Promise<OutsideAnswer> {
    return this.http.send({
      method: call.method,
      url: this.url(call),
      operation: call.operation,
      account: { id: this.accountId, rateFactor: this.settings.rateFactor },
      headers: {
        [ACCESS_TOKEN_HEADER]: token,
        'user-agent': USER_AGENT,
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  }

  private url({ path, query = {} }: AmazonCall): string {
    const url = new URL(path, this.settings.endpoint);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    return url.href;
  }
}
