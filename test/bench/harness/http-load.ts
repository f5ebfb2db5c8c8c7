import { HelperProcess } from './helper-process.js';

/** Stands in bodies and headers for a text that is another one in each request. */
export const UNIQUE = '{{unique}}';

/** POSTs over so many connections, one request at a time on each. */
export interface HttpLoad {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Taken in turn. */
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface HttpLoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Loads a server from another process. Throws when any answer is not a success. */
export async function loadHttp(load: HttpLoad): Promise<HttpLoadResult> {
  const helper = HelperProcess.start(new URL('./http-load.process.js', import.meta.url));
  try {
    return await helper.call<HttpLoadResult>('load', load);
  } finally {
    await helper.stop();
  }
}
