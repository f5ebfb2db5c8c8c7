import { randomUUIDv7 } from 'node:crypto';
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import { destination, pino, stdSerializers, type DestinationStream, type Level, type Logger } from 'pino';
import { maskText } from '../crypto/masking.js';
import { currentWork } from './correlation.js';
import { redactedPaths } from './redaction.js';

export interface JsonLoggerOptions {
  readonly level: Level | 'silent';
  /** A file to append to; without it (and without a stream) the standard output. */
  readonly file?: string | undefined;
  readonly stream?: DestinationStream;
}

/**
 * The log of the whole process: one JSON object a line, with the correlation id of the work it belongs to, without secrets
 * and personal data. Given to Nest, so that `new Logger(Name)` writes here too.
 */
export class JsonLogger implements LoggerService {
  private readonly root: Logger;
  private readonly contexts = new Map<string, Logger>();
  private readonly flushSink: () => void;
  /** The correlation id of what the process does for nothing else: that of one life of it. */
  private readonly ownWork = randomUUIDv7();

  constructor({ level, file, stream }: JsonLoggerOptions) {
    const sink = stream === undefined ? openSink(file) : undefined;
    this.flushSink = () => sink?.flushSync();
    this.root = pino(
      {
        level,
        base: { pid: process.pid },
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
        redact: { paths: redactedPaths(), censor: '***' },
        serializers: { err: serializeError },
        mixin: () => workFields(this.ownWork),
      },
      stream ?? sink ?? process.stdout,
    );
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Writes out what is still buffered. */
  flush(): void {
    this.flushSink();
  }

  /** Nest puts the context last; before it come a stack (for errors) and whatever else the caller gave. */
  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const context = rest.at(-1);
    const logger = typeof context === 'string' ? this.of(context) : this.root;
    if (!logger.isLevelEnabled(level)) return;
    const details = (typeof context === 'string' ? rest.slice(0, -1) : rest).filter((detail) => detail !== undefined);
    logger[level](...entry(message, details));
  }

  private of(context: string): Logger {
    const known = this.contexts.get(context);
    if (known !== undefined) return known;
    const child = this.root.child({ context });
    this.contexts.set(context, child);
    return child;
  }
}

/** What an entry belongs to; with its span where that is written. */
function workFields(ownWork: string): object {
  const work = currentWork();
  if (work === undefined) return { correlationId: ownWork };
  const { correlationId, spanIfBegun: span } = work;
  if (span?.isRecording() !== true) return { correlationId };
  const { traceId, spanId } = span.spanContext();
  return { correlationId, trace_id: traceId, span_id: spanId };
}

function openSink(file: string | undefined): ReturnType<typeof destination> {
  if (file === undefined) return destination({ dest: 1, sync: true });
  mkdirSync(dirname(file), { recursive: true });
  // Opened here, so that a path that cannot be written to stops the start and not the first entry.
  // Synchronous: an entry that is on its way while the process ends would be lost, and those are the ones that matter.
  const sink = destination({ fd: openSync(file, 'a', 0o600), sync: true });
  // A full disk costs log entries, not the process.
  sink.on('error', (error: Error) => process.stderr.write(`The log ${file} cannot be written: ${error.message}\n`));
  return sink;
}

function entry(message: unknown, details: readonly unknown[]): [object, string] {
  const fields: Record<string, unknown> = {};
  for (const detail of details) {
    if (detail instanceof Error) fields['err'] = detail;
    else if (typeof detail === 'string') fields['stack'] = maskText(detail);
    else fields['details'] = detail;
  }
  if (message instanceof Error) return [{ err: message, ...fields }, maskText(message.message)];
  if (typeof message === 'object' && message !== null) return [{ ...message, ...fields }, ''];
  return [fields, maskText(String(message))];
}

/** Messages of libraries may quote what they were given. */
function serializeError(error: Error): object {
  const { type, message, stack } = stdSerializers.errWithCause(error);
  const code = 'code' in error ? { code: error.code } : {};
  const cause = error.cause instanceof Error ? { cause: serializeError(error.cause) } : {};
  return { type, message: maskText(message), stack: maskText(stack), ...code, ...cause };
}
