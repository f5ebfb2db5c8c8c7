import type { Setting, SettingsTable, SettingTexts } from './setting.js';

const HELP_WIDTH = 18;

export type SettingOrigin = 'default' | 'environment' | 'command line';

/** All settings with the values in force, one a line; secrets are masked. */
export function renderSettings(
  settings: SettingsTable,
  texts: SettingTexts,
  origins: Readonly<Record<string, SettingOrigin>>,
): string {
  const lines = Object.values(settings).map(({ env, secret }) => {
    const text = texts[env];
    if (text === undefined) return `# ${env} is not set`;
    return `${env}=${secret ? '***' : text}  # ${origins[env]}`;
  });
  return `${lines.join('\n')}\n`;
}

/** The text of `--help`. */
export function renderHelp(settings: SettingsTable): string {
  const options = Object.values(settings).flatMap((setting) =>
    setting.flag === undefined
      ? []
      : [helpLine([setting.flag, setting.flagValue].join(' ').trim(), setting.description)],
  );
  return [
    'Usage: entrepot [options]',
    '',
    ...options,
    helpLine('print-config', 'Prints all settings, with secrets masked, and ends.'),
    helpLine('help', 'Prints this text and ends.'),
    '',
    'All other settings come from the environment: see docs/configuration.md.',
    '',
  ].join('\n');
}

function helpLine(option: string, description: string): string {
  return `  --${option.padEnd(HELP_WIDTH)}${description.replaceAll('`', '')}`;
}

/** docs/configuration.md, made from the settings table. */
export function renderConfigurationDoc(settings: SettingsTable): string {
  const groups = Map.groupBy(Object.values(settings), (setting) => setting.group);
  const sections = [...groups].map(([group, members]) => `## ${group}\n\n${renderTable(members)}\n`);
  return `${INTRODUCTION}\n${sections.join('\n')}\n${BEYOND_SETTINGS}`;
}

function renderTable(settings: readonly Setting<unknown>[]): string {
  const header = ['Setting', 'Option', 'Allowed', 'Default', 'What it does'];
  const rows = settings.map((setting) => [
    `\`${setting.env}\`${setting.secret ? ' (secret)' : ''}`,
    setting.flag === undefined ? '' : `\`${['--' + setting.flag, setting.flagValue].join(' ').trim()}\``,
    setting.typeSays,
    defaultSays(setting),
    setting.description,
  ]);
  const widths = header.map((title, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function defaultSays({ default: value }: Setting<unknown>): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? `\`${value}\`` : value.says;
}

const INTRODUCTION = `# Configuration

All settings come from the environment; those with an option may also be given on the command line, which wins.
An empty variable counts as not set. The hub checks all settings when it starts: a bad one is named in a sentence
with what is allowed, and the process ends with exit code 2. A variable that starts with \`ENTREPOT_\` and is no
setting is named in a warning. \`--print-config\` prints every setting with its value and where it came from.

This file is made from the settings table in the code; a test keeps the two equal.
`;

const BEYOND_SETTINGS = `## Secrets by name

Secrets of outside systems are not settings: other data name them (\`SOME_SYSTEM_TOKEN\`), and the hub looks up the
variable \`ENTREPOT_SECRET_SOME_SYSTEM_TOKEN\`, then the file \`SOME_SYSTEM_TOKEN\` in \`ENTREPOT_SECRETS_DIR\`.
Files are read at each use, so that a secret can be changed without a restart.

## Clients of the embedded issuer

Without \`ENTREPOT_JWKS_URL\`, \`POST /oauth/token\` gives tokens to the clients in \`clients.json\` in the data directory
(OAuth client credentials). Only its owner may read the file (mode 600), and it is read when the hub starts. Of a secret,
which must be long and random, it holds the SHA-256 alone; \`channel\`, where given, is all that the client may see:

\`\`\`json
[{ "id": "a-client", "secretSha256": "<64 hexadecimal digits>", "scopes": ["a:read"], "channel": "a-channel" }]
\`\`\`
`;
