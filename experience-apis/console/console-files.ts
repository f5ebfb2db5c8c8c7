import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { extname, join } from 'node:path';

export type Encoding = 'br' | 'gzip' | 'identity';

export interface ConsoleFile {
  readonly type: string;
  /** Of the plain bytes. */
  readonly etag: string;
  /** Its name says what is in it: it may be kept for ever. */
  readonly immutable: boolean;
  readonly bodies: Readonly<Partial<Record<Encoding, Buffer>>> & { readonly identity: Buffer };
}

/** `gzip;q=0`: anything but that. */
const REFUSED = /;\s*q=0(\.0*)?\s*$/;
const INDEX = 'index.html';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
  '.woff2': 'font/woff2',
};

/** The built page, whole in memory: it is small, and a path that is not in it cannot lead anywhere. */
export class ConsoleFiles {
  private constructor(
    private readonly byPath: ReadonlyMap<string, ConsoleFile>,
    readonly index: ConsoleFile | undefined,
  ) {}

  /** A directory that is not there gives a console without files. */
  static read(directory: string): ConsoleFiles {
    if (!existsSync(join(directory, INDEX))) return new ConsoleFiles(new Map(), undefined);
    const names = globSync('**/*', { cwd: directory }).filter(
      (name) => TYPES[extname(name)] !== undefined && statSync(join(directory, name)).isFile(),
    );
    const byPath = new Map(names.map((name) => [name, readFile(directory, name)]));
    return new ConsoleFiles(byPath, byPath.get(INDEX));
  }

  /** @param path below /console/, without a slash before it: `assets/index-1a2b.js`. */
  find(path: string): ConsoleFile | undefined {
    return this.byPath.get(path);
  }
}

function readFile(directory: string, name: string): ConsoleFile {
  const path = join(directory, name);
  const identity = readFileSync(path);
  const [br, gzip] = ['.br', '.gz'].map((end) => (existsSync(path + end) ? readFileSync(path + end) : undefined));
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(identity).digest('base64url').slice(0, 27)}"`,
    immutable: name.startsWith('assets/'),
    bodies: { identity, ...(br === undefined ? {} : { br }), ...(gzip === undefined ? {} : { gzip }) },
  };
}

/** The smallest body that the caller takes. */
export function encodingFor(file: ConsoleFile, accepted: string | undefined): Encoding {
  const parts = (accepted ?? '').toLowerCase().split(',');
  const taken = new Set(parts.filter((part) => !REFUSED.test(part)).map((part) => part.split(';')[0]?.trim()));
  return (['br', 'gzip'] as const).find((name) => file.bodies[name] !== undefined && taken.has(name)) ?? 'identity';
}
