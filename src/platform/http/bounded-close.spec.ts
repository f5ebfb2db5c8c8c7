import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { Controller, Get } from '@nestjs/common';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../../test/support/until.js';
import { startTestApp, type TestApp } from './testing/start-test-app.js';

let answer: PromiseWithResolvers<string>;

@Controller()
class SlowController {
  @Get('slow')
  slow(): Promise<string> {
    return answer.promise;
  }
}

let test: TestApp;
let closing: Promise<void> | undefined;

beforeEach(async () => {
  answer = Promise.withResolvers<string>();
  closing = undefined;
  test = await startTestApp({ controllers: [SlowController] });
  await test.app.listen(0, '127.0.0.1');
});

afterEach(async () => {
  answer.resolve('');
  await (closing ?? test.app.close());
});

it('answers what is under way when the server closes, and turns away what comes behind it on the connection', async () => {
  let seen = 0;
  test.server.on('request', () => (seen += 1));
  const come = (requests: number): Promise<number> =>
    until(
      () => seen,
      (many) => many === requests,
      { what: 'the request', timeoutMs: 30_000 },
    );
  const socket = connect((test.server.address() as AddressInfo).port, '127.0.0.1');
  let heard = '';
  socket.on('data', (data) => (heard += data.toString('utf8')));
  socket.write('GET /slow HTTP/1.1\r\nhost: hub\r\n\r\n');
  await come(1);
  closing = test.app.close();
  await until(
    () => test.server.listening,
    (listening) => !listening,
    { what: 'the close', timeoutMs: 30_000 },
  );
  socket.write('GET /slow HTTP/1.1\r\nhost: hub\r\nx-correlation-id: the-late-one\r\n\r\n');
  await come(2);
  answer.resolve('done after all');
  await once(socket, 'close');
  const [first = '', second = ''] = heard.split(/(?=HTTP\/1\.1 503)/);
  expect(first).toMatch(/^HTTP\/1\.1 200 [\s\S]*done after all/);
  expect(second).toMatch(/^connection: close/im);
  expect(second).toMatch(/^retry-after: 1/im);
  expect(JSON.parse(second.slice(second.indexOf('{'), second.lastIndexOf('}') + 1))).toMatchObject({
    type: 'https://entrepot.dev/problems/stopping',
    status: 503,
    correlationId: 'the-late-one',
  });
});
