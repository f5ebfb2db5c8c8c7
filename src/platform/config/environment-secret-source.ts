import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretSource } from './secret-source.js';

export const SECRET_ENV_PREFIX = 'ENTREPOT_SECRET_';
const SECRET_NAME = /^[A-Z][A-Z0-9_]{0,99}$/;

/**
 * Secrets from the environment (`ENTREPOT_SECRET_<NAME>`), then from a file `<secretsDir>/<NAME>`, as container platforms
 * mount them. Files are read anew each time, so that a secret can be rotated without a restart.
 */
export class EnvironmentSecretSource extends SecretSource {
  constructor(
    private readonly env: Readonly<Record<string, string | undefined>>,
    private readonly secretsDir: string | undefined,
  ) {
    super();
  }

  get(name: string): string {
    const secret = this.find(name);
    if (secret !== undefined) return secret;
    const orFile = this.secretsDir === undefined ? '' : ` or write it to the file ${join(this.secretsDir, name)}`;
    throw new Error(`The secret ${name} is missing: set ${SECRET_ENV_PREFIX}${name}${orFile}.`);
  }

  find(name: string): string | undefined {
    // A name may come from stored settings: it must not lead out of the directory.
    if (!SECRET_NAME.test(name)) throw new Error(`"${name}" cannot name a secret: use capitals, digits and "_".`);
    return this.env[`${SECRET_ENV_PREFIX}${name}`] || this.fromFile(name);
  }

  private fromFile(name: string): string | undefined {
    if (this.secretsDir === undefined) return undefined;
    try {
      return readFileSync(join(this.secretsDir, name), 'utf8').trimEnd() || undefined;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
