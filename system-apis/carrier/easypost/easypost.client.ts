import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import type { z } from 'zod';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { OutsideError } from '../../../src/platform/outside/outside-error.js';
import { OutsideGate } from '../../../src/platform/outside/outside-gate.js';
import {
  evidenceOf,
  OutsideHttp,
  type OutsideAnswer,
  type OutsideRequest,
} from '../../../src/platform/outside/outside-http.js';
import { EASYPOST_POLICIES, EASYPOST_SYSTEM } from './easypost.policies.js';
import { jsonOf, misfits } from './easypost.read.js';
import { EASYPOST_SETTINGS, type EasyPostSettings } from './easypost.settings.js';
import { WireError, WireTracker, WireTrackerList, type WireNewTracker } from './easypost.wire.js';

/** Trackers of one number: more than one only when carriers use a number again. */
const LOOK_UP_MAX = 20;

/** The HTTP calls of EasyPost's API. The only place that talks to EasyPost. */
@Injectable()
export class EasyPostClient implements OnApplicationShutdown {
  private readonly http: OutsideHttp;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    @Inject(EASYPOST_SETTINGS) private readonly settings: EasyPostSettings,
    secrets: SecretSource,
    @Optional() gate: OutsideGate = new OutsideGate(),
  ) {
    this.http = new OutsideHttp(EASYPOST_SYSTEM, EASYPOST_POLICIES, gate, settings.timeoutMs);
    // The API key is the user's name of Basic authentication; there is no password.
    const credentials = Buffer.from(`${secrets.get(settings.apiKeySecret)}:`).toString('base64');
    this.headers = { authorization: `Basic ${credentials}`, accept: 'application/json' };
  }

  create(tracker: WireNewTracker): Promise<WireTracker> {
    const request = { method: 'POST', url: this.url('/v2/trackers'), body: JSON.stringify(tracker) } as const;
    return this.exchange('trackers.create', request, WireTracker);
  }

  /** The trackers of a number, of any carrier. */
  async find(trackingCode: string): Promise<readonly WireTracker[]> {
    const query = new URLSearchParams({ tracking_code: trackingCode, page_size: String(LOOK_UP_MAX) });
    const request = { method: 'GET', url: this.url(`/v2/trackers?${query.toString()}`) } as const;
    return (await this.exchange('trackers.list', request, WireTrackerList)).trackers;
  }

  /** Undefined: there is no such tracker any more. */
  async read(trackerId: string): Promise<WireTracker | undefined> {
    const request = { method: 'GET', url: this.url(`/v2/trackers/${encodeURIComponent(trackerId)}`) } as const;
    try {
      return await this.exchange('trackers.retrieve', request, WireTracker);
    } catch (error) {
      if (error instanceof OutsideError && error.details.status === 404) return undefined;
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }

  private async exchange<T>(
    operation: string,
    request: Pick<OutsideRequest, 'method' | 'url' | 'body'>,
    schema: z.ZodType<T>,
  ): Promise<T> {
    const headers = {
      ...this.headers,
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const answer = await this.http.send({ ...request, operation, headers });
    if (answer.status < 200 || answer.status > 299) throw this.http.failure(operation, answer, codeOf);
    return read(operation, answer, schema, request.method !== 'GET');
  }

  private url(path: string): string {
    return `${this.settings.url}${path}`;
  }
}

function read<T>(operation: string, answer: OutsideAnswer, schema: z.ZodType<T>, outcomeUnknown: boolean): T {
  const parsed = schema.safeParse(jsonOf(answer.text));
  if (parsed.success) return parsed.data;
  throw new OutsideError('contract', `EasyPost's answer to ${operation} does not fit: ${misfits(parsed.error)}`, {
    system: EASYPOST_SYSTEM,
    operation,
    status: answer.status,
    outcomeUnknown,
    ...evidenceOf(answer),
  });
}

/** EasyPost's code alone: its message may quote what was sent. */
function codeOf(text: string): string {
  const parsed = WireError.safeParse(jsonOf(text));
  return parsed.success ? parsed.data.error.code : 'no error that can be read';
}
