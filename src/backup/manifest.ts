import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export const BACKUP_FORMAT = 1;
const MANIFEST = 'manifest.json';

/** A backup that cannot be made, or cannot be restored here. The message says why, and what to do. */
export class BackupError extends Error {
  readonly code = 'BACKUP';
}

const table = z.object({
  schema: z.string(),
  name: z.string(),
  columns: z.array(z.string()).min(1),
  file: z.string().regex(/^[a-z0-9_.]+\.copy\.gz$/),
  rows: z.int().min(0),
  bytes: z.int().min(0),
  sha256: z.string().length(64),
});

const manifest = z.object({
  format: z.literal(BACKUP_FORMAT),
  /** The instant of the snapshot: all that was committed by then is in the backup. */
  takenAt: z.iso.datetime(),
  /** `18.4` */
  serverVersion: z.string(),
  /** Of the server's transactions, for people. */
  transaction: z.string().regex(/^\d+$/),
  migrations: z.array(z.object({ id: z.string(), sha256: z.string() })).min(1),
  /** Of the task queue's tables. */
  queueVersion: z.int(),
  /** Ids of the keys that sealed what is in the backup. The keys themselves are kept elsewhere. */
  keyIds: z.array(z.string()),
  tables: z.array(table).min(1),
  /** `table.column` and the last number that its sequence gave. */
  sequences: z.array(z.object({ table: z.string(), column: z.string(), last: z.string().regex(/^\d+$/) })),
});

export type BackupManifest = z.infer<typeof manifest>;
export type BackedUpTable = z.infer<typeof table>;

export function manifestFile(folder: string): string {
  return join(folder, MANIFEST);
}

export async function readManifest(folder: string): Promise<BackupManifest> {
  const text = await readFile(manifestFile(folder), 'utf8').catch((cause: unknown) => {
    throw new BackupError(`There is no backup in ${folder}: it has no ${MANIFEST}.`, { cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BackupError(`The ${MANIFEST} in ${folder} is not JSON: the backup is damaged.`, { cause });
  }
  const parsed = manifest.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = `/${(issue?.path ?? []).join('/')}`;
  throw new BackupError(
    `The ${MANIFEST} in ${folder} is not one that this release reads (${where}: ${issue?.message}).`,
  );
}
