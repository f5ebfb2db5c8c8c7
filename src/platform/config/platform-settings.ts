import { join } from 'node:path';
import { canParseKeyRing } from '../crypto/key-ring.js';
import { packageRoot } from '../db/package-root.js';
import { optionalSetting, setting, type SettingTexts } from './setting.js';
import {
  decimalNumber,
  networks,
  oneOf,
  pairs,
  spacedWords,
  text,
  url,
  wholeNumber,
  wordList,
  yesOrNo,
  type SettingType,
} from './setting-types.js';

const MIB = 1024 * 1024;
const EMBEDDED_ISSUER = 'urn:entrepot:embedded-issuer';

const EVERY_ROLE = ['api', 'worker'] as const;

/** What a process may do. */
export type Role = (typeof EVERY_ROLE)[number];

const rolesType: SettingType<readonly Role[]> = (() => {
  const type = wordList([...EVERY_ROLE, 'all']);
  const expand = (words: readonly (Role | 'all')[]): readonly Role[] =>
    EVERY_ROLE.filter((role) => words.includes('all') || words.includes(role));
  return { ...type, schema: type.schema.transform(expand) };
})();

const keyRingType: SettingType<string> = (() => {
  const type = text('keys as `id:base64` of 32 bytes each, with commas between');
  return { ...type, schema: type.schema.refine(canParseKeyRing) };
})();

const ownDatabase = (texts: SettingTexts): boolean => texts['DATABASE_URL'] !== undefined;
const demo = (texts: SettingTexts): boolean => ['true', '1', 'yes', 'on'].includes(texts['ENTREPOT_DEMO'] ?? '');
const outsideIssuer = (texts: SettingTexts): string | undefined =>
  texts['ENTREPOT_JWKS_URL'] === undefined ? undefined : 'tokens are checked against ENTREPOT_JWKS_URL';

/** Every setting of the platform, in the order of the documentation. A default may look at the settings above it. */
export const PLATFORM_SETTINGS = {
  databaseUrl: optionalSetting(url(['postgres', 'postgresql']), {
    env: 'DATABASE_URL',
    group: 'Database',
    secret: true,
    description: 'The PostgreSQL server (17 or newer) to use. Without it an embedded PostgreSQL is started.',
  }),
  databasePoolSize: setting(wholeNumber(2, 200, 'connections'), {
    env: 'ENTREPOT_DATABASE_POOL_SIZE',
    group: 'Database',
    default: '10',
    description: 'Connections that one process keeps to PostgreSQL at most.',
  }),
  demo: setting(yesOrNo, {
    env: 'ENTREPOT_DEMO',
    group: 'Process',
    flag: 'demo',
    default: { says: '`true` without `DATABASE_URL`, else `false`', from: (texts) => String(!ownDatabase(texts)) },
    description: 'Starts the sandboxes of the outside systems, sample data and traffic.',
  }),
  dataDir: setting(text('a directory'), {
    env: 'ENTREPOT_DATA_DIR',
    group: 'Process',
    default: '.entrepot',
    description: 'Where the embedded database, generated keys, the list of clients and the log of the demo are kept.',
  }),
  roles: setting(rolesType, {
    env: 'ENTREPOT_ROLES',
    group: 'Process',
    flag: 'role',
    flagValue: 'ROLES',
    default: 'all',
    description: 'What this process does; `all` is every role. Processes of any role may be added at any time.',
  }),
  shutdownTimeoutMs: setting(wholeNumber(100, 300_000, 'milliseconds'), {
    env: 'ENTREPOT_SHUTDOWN_TIMEOUT_MS',
    group: 'Process',
    default: '10000',
    description: 'How long running work may take to end after a signal to stop.',
  }),
  systemsFile: optionalSetting(text('the path of a JSON or YAML file'), {
    env: 'ENTREPOT_SYSTEMS_FILE',
    group: 'Process',
    description: 'How the outside systems are reached: one section for each. Secrets stand in it by name only.',
  }),
  host: setting(text('an address of this machine'), {
    env: 'ENTREPOT_HOST',
    group: 'HTTP',
    default: '127.0.0.1',
    description: 'The address that the HTTP server listens on; `0.0.0.0` for all.',
  }),
  port: setting(wholeNumber(0, 65_535), {
    env: 'ENTREPOT_PORT',
    group: 'HTTP',
    flag: 'port',
    flagValue: 'N',
    default: '3000',
    description: 'The port that the HTTP server listens on; `0` takes a free one.',
  }),
  publicUrl: optionalSetting(url(['https', 'http']), {
    env: 'ENTREPOT_PUBLIC_URL',
    group: 'HTTP',
    description:
      'The address that people reach the hub by. Needed where a proxy ends TLS before it: without it the hub goes by what a request was sent to.',
  }),
  trustedProxies: optionalSetting(networks('addresses and networks of proxies'), {
    env: 'ENTREPOT_TRUSTED_PROXIES',
    group: 'HTTP',
    description:
      'The proxies whose `X-Forwarded-For` tells the address of a caller. Without it that is the address of the connection.',
  }),
  bodyLimitBytes: setting(wholeNumber(1024, 64 * MIB, 'bytes'), {
    env: 'ENTREPOT_BODY_LIMIT_BYTES',
    group: 'HTTP',
    default: String(MIB),
    description: 'The largest body that is accepted; a larger one is answered with 413.',
  }),
  consoleDir: setting(text('a directory'), {
    env: 'ENTREPOT_CONSOLE_DIR',
    group: 'HTTP',
    default: { says: '`dist/console` of the package', from: () => join(packageRoot(), 'dist', 'console') },
    description: 'Where the built console is, with the documents that it asks by.',
  }),
  logLevel: setting(oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), {
    env: 'ENTREPOT_LOG_LEVEL',
    group: 'Log',
    default: 'info',
    description: 'The least severe entries that are logged.',
  }),
  logFile: optionalSetting(text('the path of a file'), {
    env: 'ENTREPOT_LOG_FILE',
    group: 'Log',
    default: {
      says: '`hub.log` in the data directory for the demo, else the standard output',
      from: (texts) => (demo(texts) ? `${texts['ENTREPOT_DATA_DIR']}/hub.log` : undefined),
    },
    description: 'Where the log is written, as one JSON object a line.',
  }),
  otlpUrl: optionalSetting(url(['http', 'https']), {
    env: 'ENTREPOT_OTLP_URL',
    group: 'Traces',
    description:
      'The OpenTelemetry collector that traces are sent to, by OTLP over HTTP. Without it none are written. `OTEL_EXPORTER_OTLP_HEADERS` and the other settings of the OpenTelemetry SDK hold too.',
  }),
  traceRatio: setting(decimalNumber(0, 1), {
    env: 'ENTREPOT_TRACE_RATIO',
    group: 'Traces',
    default: '0.1',
    description: 'The part of the traces that is written; the same ones in each process.',
  }),
  commitBatchMax: setting(wholeNumber(1, 1000, 'transitions'), {
    env: 'ENTREPOT_COMMIT_BATCH_MAX',
    group: 'Work',
    default: '100',
    description: 'How many state changes may share one transaction.',
  }),
  commitInFlightMax: setting(wholeNumber(1, 16, 'transactions'), {
    env: 'ENTREPOT_COMMIT_IN_FLIGHT_MAX',
    group: 'Work',
    default: '2',
    description: 'How many such transactions may run at once in one process.',
  }),
  commitQueueMax: setting(wholeNumber(1, 1_000_000, 'transitions'), {
    env: 'ENTREPOT_COMMIT_QUEUE_MAX',
    group: 'Work',
    default: '10000',
    description: 'How many state changes may wait for a transaction; beyond it callers are told to come again later.',
  }),
  parkedMinutes: setting(wholeNumber(1, 10_080, 'minutes'), {
    env: 'ENTREPOT_PARKED_MINUTES',
    group: 'Work',
    default: '15',
    description: 'How long a message may wait for what it is about before it becomes an exception.',
  }),
  jwksUrl: optionalSetting(url(['https', 'http']), {
    env: 'ENTREPOT_JWKS_URL',
    group: 'Security',
    description: "The keys of the issuer of tokens. Without it the hub's embedded issuer is used.",
  }),
  jwtIssuer: setting(text('the `iss` of the tokens'), {
    env: 'ENTREPOT_JWT_ISSUER',
    group: 'Security',
    default: {
      says: `\`${EMBEDDED_ISSUER}\` for the embedded issuer`,
      from: (texts) => (outsideIssuer(texts) === undefined ? EMBEDDED_ISSUER : undefined),
    },
    requiredBecause: outsideIssuer,
    description: 'The issuer that a token must name.',
  }),
  jwtAudience: setting(text('the `aud` of the tokens'), {
    env: 'ENTREPOT_JWT_AUDIENCE',
    group: 'Security',
    default: 'entrepot',
    description: 'The audience that a token must name.',
  }),
  consoleClientId: setting(text('a client id', /^[\x21-\x7e]{1,200}$/), {
    env: 'ENTREPOT_CONSOLE_CLIENT_ID',
    group: 'Sign-in',
    default: 'console',
    description: 'What the console calls itself where people sign in: a public client, with no secret.',
  }),
  oidcAuthority: optionalSetting(url(['https', 'http']), {
    env: 'ENTREPOT_OIDC_AUTHORITY',
    group: 'Sign-in',
    description:
      'The OpenID provider that people sign in to the console by: the address that `/.well-known/openid-configuration` is below. Used with `ENTREPOT_JWKS_URL`; without that people sign in at the embedded issuer.',
  }),
  oidcScopes: setting(spacedWords('scopes'), {
    env: 'ENTREPOT_OIDC_SCOPES',
    group: 'Sign-in',
    default: 'openid profile',
    description: 'What the console asks the OpenID provider for; many give refresh tokens only for `offline_access`.',
  }),
  oidcParameters: optionalSetting(pairs('parameters'), {
    env: 'ENTREPOT_OIDC_PARAMETERS',
    group: 'Sign-in',
    description: 'Sent along with the request to sign in, as providers want it: `audience=entrepot`, `resource=…`.',
  }),
  rolesClaim: setting(text('the name of a claim, or a path with dots'), {
    env: 'ENTREPOT_ROLES_CLAIM',
    group: 'Sign-in',
    default: 'roles',
    description: "Where the tokens of an outside issuer tell people's roles or groups: `groups`, `realm_access.roles`.",
  }),
  roleMap: optionalSetting(pairs('roles of the hub by values of the claim'), {
    env: 'ENTREPOT_ROLE_MAP',
    group: 'Sign-in',
    default: { says: 'the values are the names of roles', from: () => undefined },
    description: 'Which role a value of the claim means: `sales-floor=agent,it=integrator`. Other values mean nothing.',
  }),
  encryptionKeys: optionalSetting(keyRingType, {
    env: 'ENTREPOT_ENCRYPTION_KEYS',
    group: 'Security',
    secret: true,
    default: { says: 'generated into the data directory; required with `DATABASE_URL`', from: () => undefined },
    requiredBecause: (texts) =>
      ownDatabase(texts) && !demo(texts) ? 'personal data in your database is encrypted with it' : undefined,
    description: 'The keys of personal data at rest. The first one encrypts, all of them decrypt.',
  }),
  secretsDir: optionalSetting(text('a directory'), {
    env: 'ENTREPOT_SECRETS_DIR',
    group: 'Security',
    description: 'A file for each secret that is not in the environment as `ENTREPOT_SECRET_<NAME>`.',
  }),
  graphqlDepthMax: setting(wholeNumber(1, 100, 'levels'), {
    env: 'ENTREPOT_GRAPHQL_DEPTH_MAX',
    group: 'GraphQL',
    default: '12',
    description: 'How deep the selections of an operation may nest.',
  }),
  graphqlCostMax: setting(wholeNumber(1, 1_000_000, 'points'), {
    env: 'ENTREPOT_GRAPHQL_COST_MAX',
    group: 'GraphQL',
    default: '5000',
    description:
      'How much an operation may cost: 1 point for an object, 0.1 for a leaf, times the page size asked for; a size given by a variable counts as the largest.',
  }),
  graphqlAliasesMax: setting(wholeNumber(0, 1000, 'aliases'), {
    env: 'ENTREPOT_GRAPHQL_ALIASES_MAX',
    group: 'GraphQL',
    default: '15',
    description: 'How many aliases an operation may use.',
  }),
  trustedDocumentsDir: optionalSetting(text('a directory'), {
    env: 'ENTREPOT_TRUSTED_DOCUMENTS',
    group: 'GraphQL',
    description:
      'Documents (`*.graphql`, one each) that callers may send by name or hash without the scope `graphql:arbitrary`, besides those of the console.',
  }),
} as const;
