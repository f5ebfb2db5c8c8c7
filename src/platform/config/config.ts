import { z } from 'zod';
import { parseCommandLine } from './cli.js';
import { closestName } from './closest-name.js';
import { ConfigError } from './config-error.js';
import { renderHelp, renderSettings, type SettingOrigin } from './configuration-doc.js';
import { SECRET_ENV_PREFIX } from './environment-secret-source.js';
import type { PLATFORM_SETTINGS } from './platform-settings.js';
import type { ConfigOf, Setting, SettingsTable } from './setting.js';

const ENV_PREFIX = 'ENTREPOT_';
const SHOWN_CHARS_MAX = 80;

/** What the platform's own parts read. */
export type Config = ConfigOf<typeof PLATFORM_SETTINGS>;

/** Injection token of the `Config`. */
export const CONFIG = Symbol('entrepot:config');

export type LoadedConfig<Table extends SettingsTable> =
  | { readonly action: 'run'; readonly config: ConfigOf<Table>; readonly warnings: readonly string[] }
  /** `--help`, `--print-config`: print the text and end. */
  | { readonly action: 'print'; readonly text: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks all settings. The command line wins over the environment, the environment over the default. Throws ConfigError. */
export function loadConfig<Table extends SettingsTable>(
  env: Environment,
  argv: readonly string[],
  settings: Table,
): LoadedConfig<Table> {
  const commandLine = parseCommandLine(argv, settings);
  if (commandLine.action === 'help') return { action: 'print', text: renderHelp(settings) };
  const { texts, origins } = collectTexts(env, commandLine.texts, settings);
  const config = parseTexts(texts, settings);
  const warnings = unknownVariables(env, settings);
  if (commandLine.action === 'run') return { action: 'run', config, warnings };
  return { action: 'print', text: renderSettings(settings, texts, origins) };
}

interface Collected {
  readonly texts: Environment;
  readonly origins: Readonly<Record<string, SettingOrigin>>;
}

function collectTexts(env: Environment, commandLine: Environment, settings: SettingsTable): Collected {
  const texts: Record<string, string | undefined> = {};
  const origins: Record<string, SettingOrigin> = {};
  for (const setting of Object.values(settings)) {
    // An empty variable is how container tools write "not set".
    const given = commandLine[setting.env] ?? (env[setting.env]?.trim() || undefined);
    texts[setting.env] = given ?? defaultText(setting, texts);
    origins[setting.env] =
      given === undefined ? 'default' : setting.env in commandLine ? 'command line' : 'environment';
  }
  return { texts, origins };
}

function defaultText(setting: Setting<unknown>, texts: Environment): string | undefined {
  return typeof setting.default === 'object' ? setting.default.from(texts) : setting.default;
}

function parseTexts<Table extends SettingsTable>(texts: Environment, settings: Table): ConfigOf<Table> {
  const entries = Object.entries(settings);
  const schema = z.object(Object.fromEntries(entries.map(([name, setting]) => [name, setting.schema])));
  const parsed = schema.safeParse(Object.fromEntries(entries.map(([name, setting]) => [name, texts[setting.env]])));
  const badNames = new Set(parsed.error?.issues.map((issue) => issue.path[0]));
  const sentences = entries.flatMap(([name, setting]) => {
    const text = texts[setting.env];
    const missing = text === undefined ? setting.requiredBecause?.(texts) : undefined;
    if (missing !== undefined) return [`${setting.env} is missing: ${missing}. Give ${setting.typeSays}.`];
    return badNames.has(name) ? [`${setting.env} is ${shown(text, setting)}: give ${setting.typeSays}.`] : [];
  });
  if (sentences.length > 0) throw new ConfigError(sentences);
  // The schema was built from the same table, key by key.
  return parsed.data as ConfigOf<Table>;
}

function shown(text: string | undefined, setting: Setting<unknown>): string {
  if (text === undefined) return 'missing';
  return setting.secret ? '*** (not shown, it is a secret)' : `"${text.slice(0, SHOWN_CHARS_MAX)}"`;
}

function unknownVariables(env: Environment, settings: SettingsTable): readonly string[] {
  const known = Object.values(settings).map((setting) => setting.env);
  return Object.keys(env)
    .filter((name) => name.startsWith(ENV_PREFIX) && !name.startsWith(SECRET_ENV_PREFIX) && !known.includes(name))
    .map((name) => {
      const meant = closestName(name, known);
      return `${name} is not a setting and has no effect${meant === undefined ? '' : `; is ${meant} meant?`}`;
    });
}
