import { Controller, Get, NotFoundException, Optional, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicEndpoint } from '../../src/platform/auth/auth.decorators.js';
import { BrowserSignIn, type SignInDescription } from '../../src/platform/auth/sign-in/browser-sign-in.js';
import { ownOrigin } from '../../src/platform/auth/sign-in/own-origin.js';
import { ProblemError } from '../../src/platform/http/problem.js';
import { ConsoleFiles, encodingFor, type ConsoleFile } from './console-files.js';

const YEAR_SECONDS = 31_536_000;
const NOT_BUILT = 'The console is not built: run `npm run build` and start the hub again.';

interface ConsoleConfig {
  /** Null when nobody can sign in by this hub: tokens come from elsewhere. */
  readonly signIn: SignInDescription | null;
}

/** The page that people look at the hub with: files alone. What it shows, it asks of the graph with their tokens. */
@Controller('console')
@PublicEndpoint('The page holds nothing of a business: what it shows needs a token.')
export class ConsoleController {
  constructor(
    private readonly files: ConsoleFiles,
    @Optional() private readonly signIn?: BrowserSignIn,
  ) {}

  @Get('config.json')
  async config(@Req() request: FastifyRequest): Promise<ConsoleConfig> {
    return { signIn: (await this.signIn?.describe(ownOrigin(undefined, request))) ?? null };
  }

  @Get()
  async root(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendPage(request, reply);
  }

  /** A file, or the page itself: it reads the rest of the address by itself. */
  @Get('*')
  async any(@Param('*') path: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const file = this.files.find(path);
    if (file !== undefined && path !== 'index.html') send(request, reply, file);
    // A file that is gone must not be answered with a page: a browser would run it as a script.
    else if (path.startsWith('assets/') || path.endsWith('.json')) throw new NotFoundException();
    else await this.sendPage(request, reply);
  }

  private async sendPage(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { index } = this.files;
    if (index === undefined)
      throw new ProblemError({
        status: 503,
        code: 'CONSOLE_NOT_BUILT',
        title: 'The console is not there',
        detail: NOT_BUILT,
      });
    void reply.header('content-security-policy', pagePolicy((await this.signIn?.connectOrigins()) ?? []));
    void reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()');
    void reply.header('cross-origin-opener-policy', 'same-origin');
    send(request, reply, index);
  }
}

/** Nothing inline and nothing from elsewhere; besides the hub, the OpenID provider alone may be asked for tokens. */
function pagePolicy(issuers: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    ["connect-src 'self'", ...issuers].join(' '),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

function send(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile): void {
  const { etag, type, immutable, bodies } = file;
  void reply.header('cache-control', immutable ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache');
  void reply.header('vary', 'accept-encoding');
  void reply.header('etag', etag);
  if (request.headers['if-none-match'] === etag) {
    void reply.code(304).send();
    return;
  }
  const encoding = encodingFor(file, request.headers['accept-encoding']);
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  void reply.type(type).send(bodies[encoding]);
}
