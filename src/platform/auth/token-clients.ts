import { createHash, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateFile } from '../crypto/private-file.js';

const CLIENTS_FILE = 'clients.json';
const CLIENTS_MAX = 10_000;
/** Compared with where the client is unknown, so that both cases take the same time. */
const NO_DIGEST = Buffer.alloc(32);

const clientSchema = z.object({
  id: z.string().min(1).max(200),
  secretSha256: z.string().regex(/^[0-9a-f]{64}$/i, 'is not the SHA-256 of a secret in hexadecimal'),
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/)),
  channel: z.string().min(1).optional(),
});
const clientsSchema = z.array(clientSchema).max(CLIENTS_MAX);

/** Who may ask the embedded issuer for tokens. Of the secret, which must be random, only a digest is kept. */
export type TokenClient = Readonly<z.infer<typeof clientSchema>>;

/** The clients of `clients.json` in the data directory, by id. No file, no clients. */
export class TokenClients {
  private readonly byId: ReadonlyMap<string, TokenClient>;

  constructor(clients: readonly TokenClient[]) {
    this.byId = new Map(clients.map((client) => [client.id, client]));
  }

  static load(dataDir: string): TokenClients {
    const path = join(dataDir, CLIENTS_FILE);
    const text = readPrivateFile(path);
    if (text === undefined) return new TokenClients([]);
    const parsed = clientsSchema.safeParse(parseJson(path, text));
    if (parsed.success) return new TokenClients(parsed.data);
    throw new Error(`${path} is not a list of clients:\n${z.prettifyError(parsed.error)}`);
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  /** The client, if the secret is its own. */
  authenticate(id: string, secret: string): TokenClient | undefined {
    const client = this.byId.get(id);
    const expected = client === undefined ? NO_DIGEST : Buffer.from(client.secretSha256, 'hex');
    return timingSafeEqual(createHash('sha256').update(secret).digest(), expected) ? client : undefined;
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is not JSON.`, { cause });
  }
}
