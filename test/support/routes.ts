import type { NestFastifyApplication } from '@nestjs/platform-fastify';

export interface Route {
  readonly method: string;
  readonly path: string;
}

const INDENT_CHARS = 4;
/** Fastify adds these by itself. */
const ADDED: ReadonlySet<string> = new Set(['HEAD', 'OPTIONS']);

/** Every route of the server, read from Fastify's own picture of its tree. */
export function routesOf(app: NestFastifyApplication): readonly Route[] {
  const parents: string[] = [];
  return app
    .getHttpAdapter()
    .getInstance()
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line): readonly Route[] => {
      const match = /^([│ ]*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?/.exec(line);
      if (match === null) return [];
      const [, indent = '', part = '', methods = ''] = match;
      const depth = indent.length / INDENT_CHARS;
      parents.splice(depth, parents.length, part);
      const path = parents.join('');
      return methods
        .split(', ')
        .filter((method) => method !== '' && !ADDED.has(method))
        .map((method) => ({ method, path }));
    });
}
