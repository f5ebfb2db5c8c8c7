import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { once } from 'node:events';
import {
  Body,
  Controller,
  Get,
  Header,
  HttpException,
  Logger,
  Param,
  Post,
  ServiceUnavailableException,
} from '@nestjs/common';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentCorrelationId } from '../telemetry/correlation.js';
import { HttpModule } from './http.module.js';
import { ProblemError } from './problem.js';
import { startTestApp, TEST_BODY_LIMIT_BYTES, type TestApp } from './testing/start-test-app.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

@Controller()
class EchoController {
  private readonly logger = new Logger(EchoController.name);

  @Post('raw/:name')
  raw(@Param('name') name: string, @Body() body: unknown): object {
    return { name, bytes: Buffer.isBuffer(body) ? body.toString('base64') : 'no bytes' };
  }

  @Post('parsed')
  async parsed(@Body() body: unknown): Promise<object> {
    await new Promise(setImmediate);
    this.logger.warn('seen');
    return { body, correlationId: currentCorrelationId() };
  }

  @Get('page')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return '<!doctype html><title>Page</title>';
  }

  @Get('fails/:how')
  fails(@Param('how') how: string): never {
    switch (how) {
      case 'problem':
        throw new ProblemError({
          status: 422,
          code: 'NOT_TO_BE_DONE',
          title: 'This cannot be done',
          detail: 'The colour is unknown.',
          errors: [{ pointer: '/colour', detail: 'is none of red, green' }],
          headers: { 'retry-after': '7' },
        });
      case 'nest':
        throw new HttpException('Short and stout.', 418);
      case 'list':
        throw new HttpException({ message: ['colour: is missing'] }, 400);
      case 'unavailable':
        throw new ServiceUnavailableException('replica db-7 is down');
      case 'foreign-status':
        throw Object.assign(new Error('upstream said no'), { statusCode: 403 });
      default:
        throw new Error('password of db-7 is wrong');
    }
  }
}

let test: TestApp;

beforeAll(async () => {
  test = await startTestApp({ imports: [HttpModule], controllers: [EchoController] });
});

afterAll(() => test.app.close());

describe('bodies below a raw prefix', () => {
  const bytes = Buffer.from('{"amount": 1.10}\n');
  const asBytes = { name: 'a', bytes: bytes.toString('base64') };

  it.each(['application/json', 'text/xml', 'application/x-www-form-urlencoded', 'odd', 'text/', 'application/json;;'])(
    'stay as they came when called %j',
    async (type) => {
      const answer = await request(test.server)
        .post('/raw/a')
        .set('content-type', type)
        .serialize((body: unknown) => String(body))
        .send(bytes.toString());
      expect(answer.body).toEqual(asBytes);
    },
  );

  it('stay as they came without a content type', async () => {
    const answer = await test.app.inject({
      method: 'POST',
      url: '/raw/a',
      headers: { 'content-length': '17' },
      payload: bytes,
    });
    expect(answer.json()).toEqual(asBytes);
  });

  it('stay as they came when the address is percent-encoded', async () => {
    const answer = await request(test.server)
      .post('/%72aw/a')
      .set('content-type', 'application/json')
      .send(bytes.toString());
    expect(answer.body).toEqual(asBytes);
  });

  it('are an empty Buffer when nothing was sent', async () => {
    const answer = await request(test.server).post('/raw/a');
    expect(answer.body).toEqual({ name: 'a', bytes: '' });
  });

  it('are refused beyond the limit, with and without a length in advance', async () => {
    const tooLarge = 'x'.repeat(TEST_BODY_LIMIT_BYTES + 1);
    const known = await request(test.server).post('/raw/a').set('content-type', 'text/plain').send(tooLarge);
    expect(known.status).toBe(413);
    expect(known.body).toMatchObject({ type: 'https://entrepot.dev/problems/body-too-large', status: 413 });
    const chunked = await test.app.inject({
      method: 'POST',
      url: '/raw/a',
      headers: { 'transfer-encoding': 'chunked' },
      payload: Readable.from([tooLarge]),
    });
    expect(chunked.statusCode).toBe(413);
    expect(chunked.headers['content-type']).toContain('application/problem+json');
  });

  it('are accepted up to the limit', async () => {
    const answer = await request(test.server)
      .post('/raw/a')
      .set('content-type', 'text/plain')
      .send('x'.repeat(TEST_BODY_LIMIT_BYTES));
    expect(answer.status).toBe(201);
  });
});

describe('other bodies', () => {
  it('are read as JSON, also of a +json type, and as forms', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'application/merge-patch+json']) {
      const answer = await request(test.server).post('/parsed').set('content-type', type).send('{"a":[1]}');
      expect(answer.body).toMatchObject({ body: { a: [1] } });
    }
    const form = await request(test.server).post('/parsed').type('form').send('a=1&b=x+y');
    expect(form.body).toMatchObject({ body: { a: '1', b: 'x y' } });
  });

  it.each(['text/plain', 'application/xml', 'odd'])('are 415 as %j', async (type) => {
    const answer = await request(test.server).post('/parsed').set('content-type', type).send('hello');
    expect(answer.status).toBe(415);
    expect(answer.body).toMatchObject({ type: 'https://entrepot.dev/problems/unsupported-media-type', status: 415 });
  });

  it.each(['{"a":', '', '{"__proto__":{"x":1}}', '{"constructor":{"prototype":{}}}'])(
    'are 400 when they are %j',
    async (body) => {
      const answer = await request(test.server).post('/parsed').set('content-type', 'application/json').send(body);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ type: 'https://entrepot.dev/problems/bad-request', instance: '/parsed' });
    },
  );

  it('are 413 beyond the limit', async () => {
    const answer = await request(test.server)
      .post('/parsed')
      .send({ a: 'x'.repeat(TEST_BODY_LIMIT_BYTES) });
    expect(answer.status).toBe(413);
    expect(answer.body).toMatchObject({
      title: 'The body is too large',
      correlationId: answer.headers['x-correlation-id'],
    });
  });

  it('do not hide that nothing is at an address', async () => {
    const answer = await request(test.server).post('/nowhere').set('content-type', 'text/plain').send('hello');
    expect(answer.status).toBe(404);
  });
});

describe('errors', () => {
  it('of the application keep their code, pointers and headers', async () => {
    const answer = await request(test.server).get('/fails/problem?name=Ada').set('x-correlation-id', 'case-0001');
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.headers['retry-after']).toBe('7');
    expect(answer.body).toEqual({
      type: 'https://entrepot.dev/problems/not-to-be-done',
      title: 'This cannot be done',
      status: 422,
      detail: 'The colour is unknown.',
      instance: '/fails/problem',
      correlationId: 'case-0001',
      errors: [{ pointer: '/colour', detail: 'is none of red, green' }],
    });
  });

  it('of Nest become problems', async () => {
    const teapot = await request(test.server).get('/fails/nest');
    expect(teapot.body).toMatchObject({
      status: 418,
      detail: 'Short and stout.',
      type: 'https://entrepot.dev/problems/i-m-a-teapot',
    });
    const list = await request(test.server).get('/fails/list');
    expect(list.body).toMatchObject({ status: 400, errors: [{ pointer: '', detail: 'colour: is missing' }] });
    const nothing = await request(test.server).get('/nowhere?x=1');
    expect(nothing.body).toMatchObject({
      status: 404,
      type: 'https://entrepot.dev/problems/not-found',
      instance: '/nowhere',
    });
  });

  it.each([
    ['unavailable', 503],
    ['unknown', 500],
    ['foreign-status', 500],
  ])('of the inside tell nothing but that they happened: %s', async (how, status) => {
    const answer = await request(test.server).get(`/fails/${how}`).set('x-correlation-id', `inside-${how}`);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/db-7|upstream|stack|password/);
    const entry = test.log().find((line) => JSON.stringify(line).includes(`inside-${how}`));
    expect(entry).toMatchObject({ level: 'error', msg: `GET /fails/${how} failed`, context: 'ProblemFilter' });
    expect(JSON.stringify(entry)).toMatch(/db-7|upstream/);
  });

  it('of a malformed address become problems', async () => {
    for (const [path, status] of [
      ['/fails/%ff', 400],
      [`/fails/${'x'.repeat(300)}`, 414],
    ] as const) {
      const answer = await test.app.inject({ method: 'GET', url: path, headers: { 'x-correlation-id': 'case-0002' } });
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json()).toMatchObject({ status, correlationId: 'case-0002' });
    }
  });
});

describe('correlation ids', () => {
  it('are taken from the caller and carried through the body parser and awaits', async () => {
    const answer = await request(test.server).post('/parsed').set('x-correlation-id', 'case-4711:a').send({ a: 1 });
    expect(answer.headers['x-correlation-id']).toBe('case-4711:a');
    expect(answer.body).toMatchObject({ correlationId: 'case-4711:a' });
    expect(test.log()).toContainEqual(expect.objectContaining({ msg: 'seen', correlationId: 'case-4711:a' }));
  });

  it.each(['short', 'has spaces in it', 'x'.repeat(200), '"quoted-id"'])(
    'are replaced when they are not sane: %j',
    async (id) => {
      const answer = await request(test.server).get('/livez').set('x-correlation-id', id);
      expect(answer.headers['x-correlation-id']).toMatch(UUID_V7);
    },
  );
});

describe('headers', () => {
  it('secure every answer, errors too', async () => {
    for (const path of ['/livez', '/nowhere', '/fails/unknown']) {
      const { headers } = await request(test.server).get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  it('let a page load what it names, and nobody frame it', async () => {
    const { headers } = await request(test.server).get('/page');
    expect(headers['content-security-policy']).not.toContain('default-src');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  it('that are too large are refused', async () => {
    await test.app.listen(0, '127.0.0.1');
    const socket = connect(Number(new URL(await test.app.getUrl()).port), '127.0.0.1');
    socket.write(`GET /livez HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1.1 431/);
  });
});
