import { Pool as HttpPool } from 'undici';
import type { Pool } from 'pg';
import type { HelperProcess } from '../bench/harness/helper-process.js';
import { faultOf, type FuzzAnswer } from './oracle.js';
import { payloadOf, type Payload } from './payload.js';
import type { StoredAs, Target } from './target.js';

const CONNECTIONS = 16;
/** Longer than any statement of the hub may take: what hangs in the database is told by the hub itself. */
const ANSWER_MS_MAX = 45_000;
const MEMORY_EVERY_MS = 500;
/** The hub with all sandboxes in one process: about 250 MiB at rest. */
export const RSS_BYTES_MAX = 1_024 * 1_024 * 1_024;
const STORED_LOOKED_AT_ONCE = 500;
const FINDINGS_MAX = 20;
/** Of one kind at one place more are not told. */
const FINDINGS_OF_A_KIND_MAX = 2;

export interface Finding {
  readonly n: number;
  readonly target: string;
  readonly why: string;
  readonly payload: Payload;
}

export interface CampaignResult {
  readonly sent: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byTarget: Readonly<Record<string, number>>;
  /** Payloads that were answered for and not taken; each was found again as a stored message. */
  readonly kept: number;
  readonly rssMax: number;
  /** The longest that the process took no turn. */
  readonly stallMsMax: number;
  /** The longest that a payload waited for its answer, and which. */
  readonly slowest: { readonly n: number; readonly target: string; readonly ms: number };
  readonly seconds: number;
  readonly findings: readonly Finding[];
}

/** The hub's own default. */
const BODY_LIMIT_BYTES = 1_024 * 1_024;
const CLOSED: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET', 'UND_ERR_SOCKET']);
const TOO_LARGE: FuzzAnswer = {
  status: 413,
  headers: { 'content-type': 'application/problem+json' },
  body: '{"type":"https://entrepot.dev/problems/body-too-large","title":"Closed","status":413,"detail":"Closed."}',
};

interface Kept {
  readonly payload: Payload;
  readonly as: StoredAs;
}

/** Sends payloads to a hub and judges each answer. */
export class Campaign {
  private readonly byStatus: Record<string, number> = {};
  private readonly byTarget: Record<string, number> = {};
  private readonly findings: Finding[] = [];
  private toLookUp: Kept[] = [];
  private kept = 0;
  private rssMax = 0;
  private stallMsMax = 0;
  private slowest = { n: 0, target: '', ms: 0 };
  private sent = 0;

  constructor(
    private readonly hub: { readonly process: HelperProcess; readonly url: string },
    private readonly pool: Pool,
    private readonly seed: number,
    private readonly targets: readonly Target[],
  ) {}

  /** The payloads of these numbers, one after the other over several connections. */
  async run(numbers: readonly number[], tell: (sent: number) => void): Promise<CampaignResult> {
    const startedAt = Date.now();
    const http = new HttpPool(this.hub.url, {
      connections: CONNECTIONS,
      pipelining: 1,
      headersTimeout: ANSWER_MS_MAX,
      bodyTimeout: ANSWER_MS_MAX,
    });
    const left = numbers.values();
    const sampling = setInterval(() => void this.sampleMemory(), MEMORY_EVERY_MS);
    try {
      const sender = async (): Promise<void> => {
        for (const n of left) {
          if (this.findings.length >= FINDINGS_MAX) return;
          await this.send(http, payloadOf(this.seed, n, this.targets));
          tell(this.sent);
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, sender));
      await this.lookUp();
      await this.sampleMemory();
    } finally {
      clearInterval(sampling);
      await http.destroy();
    }
    const { byStatus, byTarget, kept, rssMax, stallMsMax, slowest, sent, findings } = this;
    return {
      sent,
      byStatus,
      byTarget,
      kept,
      rssMax,
      stallMsMax,
      slowest,
      findings,
      seconds: (Date.now() - startedAt) / 1_000,
    };
  }

  private async send(http: HttpPool, payload: Payload): Promise<void> {
    const { target } = payload;
    this.sent += 1;
    this.byTarget[target.name] = (this.byTarget[target.name] ?? 0) + 1;
    const startedAt = Date.now();
    const answer = await ask(http, payload);
    const ms = Date.now() - startedAt;
    if (ms > this.slowest.ms) this.slowest = { n: payload.n, target: target.name, ms };
    if (typeof answer === 'string') return this.find(payload, answer);
    this.byStatus[answer.status] = (this.byStatus[answer.status] ?? 0) + 1;
    const fault = faultOf(target.form, answer);
    if (fault !== undefined) return this.find(payload, fault);
    const as = target.keptAs?.(answer, payload.headers);
    if (as !== undefined) this.toLookUp.push({ payload, as });
    if (this.toLookUp.length >= STORED_LOOKED_AT_ONCE) await this.lookUp();
  }

  private find(payload: Payload, why: string): void {
    const alike = this.findings.filter(
      ({ target, why: other }) => target === payload.target.name && other.slice(0, 60) === why.slice(0, 60),
    );
    if (alike.length < FINDINGS_OF_A_KIND_MAX)
      this.findings.push({ n: payload.n, target: payload.target.name, why, payload });
  }

  /** Each must be there as a message that can be looked at and run again. */
  private async lookUp(): Promise<void> {
    const asked = this.toLookUp;
    this.toLookUp = [];
    const ids = asked.flatMap(({ as }) => ('id' in as ? [as.id] : []));
    const externalIds = asked.flatMap(({ as }) => ('externalId' in as ? [as.externalId] : []));
    const { rows } = await this.pool.query<{ id: string; external_id: string }>(
      `select id, split_part(external_id, '/', 1) as external_id from message
       where id::text = any($1) or split_part(external_id, '/', 1) = any($2)`,
      [ids, externalIds],
    );
    const found = new Set(rows.flatMap(({ id, external_id: externalId }) => [id, externalId]));
    for (const { payload, as } of asked)
      if (found.has('id' in as ? as.id : as.externalId)) this.kept += 1;
      else this.find(payload, 'answered for, not taken, and not kept');
  }

  private async sampleMemory(): Promise<void> {
    const askedAt = Date.now();
    const { rss } = await this.hub.process
      .call<{ rss: number }>('memory')
      .catch((error: unknown) => ({ rss: Number.NaN, error }));
    if (rss > this.rssMax) this.rssMax = rss;
    this.stallMsMax = Math.max(this.stallMsMax, Date.now() - askedAt);
  }
}

async function ask(http: HttpPool, { method, path, headers, body }: Payload): Promise<FuzzAnswer | string> {
  try {
    const answer = await http.request({
      method,
      path,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
  } catch (error) {
    // Who sends more than is taken may find the connection closed before the refusal can be read.
    if ((body?.length ?? 0) > BODY_LIMIT_BYTES && isClosed(error)) return TOO_LARGE;
    return `no answer: ${error instanceof Error ? `${error.name} ${error.message}` : String(error)}`;
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CLOSED.has(error.code);
}
