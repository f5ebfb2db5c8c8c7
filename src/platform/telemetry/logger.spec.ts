import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { Span } from '@opentelemetry/api';
import { afterAll, describe, expect, it } from 'vitest';
import { inWork, withCorrelation, Work } from './correlation.js';
import { JsonLogger, type JsonLoggerOptions } from './logger.js';

type Line = Readonly<Record<string, unknown>>;

function logTo(lines: string[], level: JsonLoggerOptions['level'] = 'trace'): JsonLogger {
  return new JsonLogger({ level, stream: { write: (line) => void lines.push(line) } });
}

function written(work: (logger: JsonLogger) => void, level?: JsonLoggerOptions['level']): readonly Line[] {
  const lines: string[] = [];
  work(logTo(lines, level));
  return lines.map((line) => JSON.parse(line) as Line);
}

function writeAllLevels(logger: JsonLogger): void {
  logger.verbose('1');
  logger.debug('2');
  logger.log('3');
  logger.warn('4');
  logger.error('5');
  logger.fatal('6');
}

describe('JsonLogger', () => {
  it('writes one object a line with level, time, context and message', () => {
    const [line] = written((logger) => logger.log('ready', 'Server'));
    expect(line).toMatchObject({ level: 'info', context: 'Server', msg: 'ready', pid: process.pid });
    expect(new Date(String(line?.['time'])).getTime()).toBeGreaterThan(0);
  });

  it('knows all levels of Nest and writes those that are wanted', () => {
    expect(written(writeAllLevels).map((line) => line['level'])).toEqual([
      'trace',
      'debug',
      'info',
      'warn',
      'error',
      'fatal',
    ]);
    expect(written(writeAllLevels, 'warn').map((line) => line['msg'])).toEqual(['4', '5', '6']);
    expect(written(writeAllLevels, 'silent')).toEqual([]);
  });

  it('carries the correlation id through awaits, and outside that of the process', async () => {
    const lines: string[] = [];
    const logger = logTo(lines);
    await withCorrelation('case-1', async () => {
      await new Promise(setImmediate);
      logger.log('inside');
    });
    logger.log('outside');
    logger.log('outside again');
    const [inside, ...outside] = lines.map((line) => (JSON.parse(line) as Line)['correlationId']);
    expect(inside).toBe('case-1');
    expect(outside[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(outside[1]).toBe(outside[0]);
  });

  it('names the span of the work while traces are written, and begins none for that', () => {
    const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    const span = { isRecording: () => true, spanContext: () => context } as unknown as Span;
    const work = new Work('case-1', () => span);
    const lines = written((logger) =>
      inWork(work, () => {
        logger.log('before it begins');
        work.span();
        logger.log('within it');
      }),
    );
    expect(lines[0]).not.toHaveProperty('trace_id');
    expect(lines[1]).toMatchObject({ correlationId: 'case-1', trace_id: context.traceId, span_id: context.spanId });
  });

  it('keeps secrets and personal data out of objects, at several depths', () => {
    const person = { email: 'ada@example.org', firstName: 'Ada', phone: '+49 30 1', id: 7 };
    const headers = { authorization: 'Bearer abc', cookie: 's=1', 'set-cookie': 's=2', accept: '*/*' };
    const lines = written((logger) => {
      logger.log({ msg: 'call', headers, person, deep: { a: { token: 'abc' } } }, 'Client');
      logger.warn('with details', { headers, person }, 'Client');
    });
    expect(JSON.stringify(lines)).not.toMatch(/ada@|"Ada"|\+49|abc|s=\d/);
    expect(lines[0]).toMatchObject({ headers: { accept: '*/*', cookie: '***' }, person: { id: 7, email: '***' } });
  });

  it('keeps them out of messages, errors and their causes', () => {
    const cause = new Error('login of ada@example.org failed');
    const error = Object.assign(new Error('Bearer abc.def refused', { cause }), { code: 'E_REFUSED' });
    const lines = written((logger) => {
      logger.error(error);
      logger.error('wrote to ada@example.org', error, 'Mail');
      logger.error('failed', `Error: ada@example.org\n    at x`, 'Mail');
    });
    expect(JSON.stringify(lines)).not.toMatch(/ada@|abc\.def/);
    expect(lines[1]).toMatchObject({
      msg: 'wrote to a***@***.org',
      err: { code: 'E_REFUSED', message: 'Bearer *** refused', cause: { message: 'login of a***@***.org failed' } },
    });
    expect(String(lines[2]?.['stack'])).toContain('at x');
  });

  it('serves the loggers of Nest', () => {
    const lines = written((logger) => {
      Logger.overrideLogger(logger);
      new Logger('Module').warn('slow', { ms: 12 });
    });
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', context: 'Module', msg: 'slow', details: { ms: 12 } }),
    ]);
  });
});

describe('a log file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'entrepot-log-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('is made with its directory and appended to', () => {
    const file = join(dir, 'new', 'hub.log');
    for (const message of ['first', 'second']) {
      const logger = new JsonLogger({ level: 'info', file });
      logger.log(message);
      logger.flush();
    }
    expect(statSync(file).mode & 0o077).toBe(0);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Line)['msg'])).toEqual(['first', 'second']);
  });
});
