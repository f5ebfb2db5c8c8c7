import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Client } from 'pg';
import copy from 'pg-copy-streams';
import { columnList, tableName, type TableToCopy } from './tables.sql.js';

const { from: copyFrom, to: copyTo } = copy;

/** Little of the time, most of the saving. */
const GZIP_LEVEL = 3;

export interface WrittenFile {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Streams a table into a file of its own, and onto the disk. Rows in PostgreSQL's text form, one a line. */
export async function writeTable(db: Client, table: TableToCopy, path: string): Promise<WrittenFile> {
  const columns = columnList(table.columns);
  const source =
    table.where === undefined
      ? `${tableName(table)} (${columns})`
      : `(select ${columns} from ${tableName(table)} where ${table.where})`;
  const rows = db.query(copyTo(`copy ${source} to stdout`));
  const meter = new Meter();
  await pipeline(rows, createGzip({ level: GZIP_LEVEL }), meter, createWriteStream(path, { mode: 0o600, flush: true }));
  return { rows: rows.rowCount, bytes: meter.bytes, sha256: meter.digest() };
}

/** Streams a file into its table. Gives how many rows it was. */
export async function loadTable(db: Client, table: TableToCopy, path: string): Promise<number> {
  // Rows of a table that the same transaction emptied may be frozen at once: nothing has to be done on them later.
  const frozen = table.schema === 'public' ? ' with (freeze)' : '';
  const rows = db.query(copyFrom(`copy ${tableName(table)} (${columnList(table.columns)}) from stdin${frozen}`));
  await pipeline(createReadStream(path), createGunzip(), rows);
  return rows.rowCount;
}

export async function digestOf(path: string): Promise<string> {
  const meter = new Meter();
  await pipeline(createReadStream(path), meter.resume());
  return meter.digest();
}

/** Lets everything through, counts and hashes it. */
class Meter extends Transform {
  bytes = 0;
  private readonly hash: Hash = createHash('sha256');

  digest(): string {
    return this.hash.digest('hex');
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    this.hash.update(chunk);
    done(undefined, chunk);
  }
}
