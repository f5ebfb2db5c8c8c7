import { describe, expect, it } from 'vitest';
import { generateKeyRing } from '../crypto/key-ring.js';
import { loadConfig, type Config } from './config.js';
import { ConfigError } from './config-error.js';
import { PLATFORM_SETTINGS } from './platform-settings.js';

type Environment = Readonly<Record<string, string>>;

function load(env: Environment = {}, argv: readonly string[] = []): Config {
  const loaded = loadConfig(env, argv, PLATFORM_SETTINGS);
  if (loaded.action !== 'run') throw new Error('a configuration was expected');
  return loaded.config;
}

function sentences(env: Environment, argv: readonly string[] = []): readonly string[] {
  try {
    load(env, argv);
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
  return [];
}

function printed(env: Environment, ...argv: readonly string[]): string {
  const loaded = loadConfig(env, argv, PLATFORM_SETTINGS);
  return loaded.action === 'print' ? loaded.text : '';
}

const OWN_DATABASE = {
  DATABASE_URL: 'postgres://hub:s3cret@db:5432/hub',
  ENTREPOT_ENCRYPTION_KEYS: generateKeyRing('a'),
};

describe('with nothing set', () => {
  it('is the demo on an embedded database and issuer', () => {
    expect(load()).toMatchObject({
      databaseUrl: undefined,
      demo: true,
      dataDir: '.entrepot',
      host: '127.0.0.1',
      port: 3000,
      roles: ['api', 'worker'],
      bodyLimitBytes: 1_048_576,
      jwksUrl: undefined,
      jwtIssuer: 'urn:entrepot:embedded-issuer',
      jwtAudience: 'entrepot',
      encryptionKeys: undefined,
      logFile: '.entrepot/hub.log',
    });
  });

  it('takes an empty variable as not set', () => {
    expect(load({ ENTREPOT_PORT: '', DATABASE_URL: ' ' })).toMatchObject({ port: 3000, demo: true });
  });
});

describe('with an own database', () => {
  it('is no demo unless it is asked for', () => {
    expect(load(OWN_DATABASE)).toMatchObject({ demo: false, logFile: undefined });
    expect(load(OWN_DATABASE, ['--demo'])).toMatchObject({ demo: true });
    expect(load({}, ['--no-demo'])).toMatchObject({ demo: false });
  });

  it('needs encryption keys of its own, but for the demo', () => {
    const { DATABASE_URL } = OWN_DATABASE;
    expect(sentences({ DATABASE_URL })).toEqual([
      expect.stringMatching(/^ENTREPOT_ENCRYPTION_KEYS is missing: personal data .* Give keys as `id:base64`/),
    ]);
    expect(load({ DATABASE_URL }, ['--demo'])).toMatchObject({ encryptionKeys: undefined });
  });
});

describe('the command line', () => {
  it('wins over the environment', () => {
    const config = load({ ENTREPOT_PORT: '1', ENTREPOT_ROLES: 'all' }, ['--port', '0', '--role=worker,api']);
    expect(config).toMatchObject({ port: 0, roles: ['api', 'worker'] });
  });

  it('is refused with the options that there are', () => {
    expect(sentences({}, ['--prot', '1'])).toEqual([expect.stringMatching(/'--prot'.*Options: .*--port/s)]);
    expect(sentences({}, ['start'])).toHaveLength(1);
    expect(sentences({}, ['--port'])).toHaveLength(1);
  });

  it('explains itself, even where a setting is bad', () => {
    const help = printed({ ENTREPOT_PORT: 'x' }, '--help');
    expect(help).toMatch(/--port N +The port/);
    expect(help).toMatch(/--demo +Starts/);
    expect(help).toContain('--print-config');
  });
});

describe('a bad setting', () => {
  it('is named with its value and with what is allowed; all at once', () => {
    expect(sentences({ ENTREPOT_PORT: '70000', ENTREPOT_LOG_LEVEL: 'loud', ENTREPOT_ROLES: 'api,cook' })).toEqual([
      'ENTREPOT_ROLES is "api,cook": give `api`, `worker`, `all`, several with commas between.',
      'ENTREPOT_PORT is "70000": give a whole number from 0 to 65535.',
      expect.stringMatching(/^ENTREPOT_LOG_LEVEL is "loud": give one of `fatal`/),
    ]);
  });

  it.each([
    ['ENTREPOT_PORT', '-1'],
    ['ENTREPOT_PORT', '3e3'],
    ['ENTREPOT_DEMO', 'perhaps'],
    ['ENTREPOT_BODY_LIMIT_BYTES', '1MiB'],
    ['DATABASE_URL', 'db.example.org/hub'],
    ['DATABASE_URL', 'mysql://db/hub'],
    ['ENTREPOT_ROLES', ','],
    ['ENTREPOT_TRUSTED_PROXIES', '10.1.2'],
    ['ENTREPOT_TRUSTED_PROXIES', '10.1.0.0/33'],
    ['ENTREPOT_TRUSTED_PROXIES', '0.0.0.0/0'],
    ['ENTREPOT_TRUSTED_PROXIES', '10.1.2.3,proxy.example.org'],
    ['ENTREPOT_TRUSTED_PROXIES', 'fe80::1%eth0'],
  ])('%s=%s is one', (env, value) => {
    const bad = sentences({ ...OWN_DATABASE, [env]: value });
    expect(bad).toHaveLength(1);
    expect(bad[0]).toMatch(new RegExp(`^${env} is `));
  });

  it('that is a secret is not shown', () => {
    const bad = sentences({ DATABASE_URL: 'mysql://hub:s3cret@db/hub', ENTREPOT_ENCRYPTION_KEYS: 'a:c2hvcnQ=' });
    expect(bad).toHaveLength(2);
    expect(bad.join()).not.toMatch(/s3cret|c2hvcnQ/);
    expect(bad[0]).toContain('***');
  });

  it('is an issuer that is not named although its keys are', () => {
    const env = { ENTREPOT_JWKS_URL: 'https://id.example.org/keys' };
    expect(sentences(env)).toEqual([expect.stringMatching(/^ENTREPOT_JWT_ISSUER is missing: .*ENTREPOT_JWKS_URL/)]);
    expect(load({ ...env, ENTREPOT_JWT_ISSUER: 'https://id.example.org' }).jwtIssuer).toBe('https://id.example.org');
  });
});

describe('unknown variables', () => {
  it('are named with the closest setting; secrets by name are known', () => {
    const env = { ENTREPOT_PROT: '1', ENTREPOT_ZZZZZZZZZZZZZZZZZZZZZZZZ: '1', ENTREPOT_SECRET_TOKEN: 'x', HOME: '/' };
    expect(loadConfig(env, [], PLATFORM_SETTINGS)).toMatchObject({
      warnings: [
        'ENTREPOT_PROT is not a setting and has no effect; is ENTREPOT_PORT meant?',
        'ENTREPOT_ZZZZZZZZZZZZZZZZZZZZZZZZ is not a setting and has no effect',
      ],
    });
  });
});

describe('--print-config', () => {
  it('shows values and where they come from, and no secret', () => {
    const text = printed({ ...OWN_DATABASE, ENTREPOT_HOST: '0.0.0.0' }, '--print-config', '--port', '8080');
    expect(text).toContain('ENTREPOT_PORT=8080  # command line\n');
    expect(text).toContain('ENTREPOT_HOST=0.0.0.0  # environment\n');
    expect(text).toContain('ENTREPOT_DEMO=false  # default\n');
    expect(text).toContain('DATABASE_URL=***  # environment\n');
    expect(text).toContain('ENTREPOT_ENCRYPTION_KEYS=***  # environment\n');
    expect(text).toContain('# ENTREPOT_JWKS_URL is not set\n');
    expect(text).not.toContain('s3cret');
  });
});
