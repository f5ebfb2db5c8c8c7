import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { ConfigError } from './config-error.js';
import type { Setting, SettingsTable } from './setting.js';

export interface CommandLine {
  readonly action: 'run' | 'help' | 'print-config';
  /** The settings given on the command line, as texts by environment name. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Reads the command line; the options are those that the settings table names, and `--help` and `--print-config`. */
export function parseCommandLine(argv: readonly string[], settings: SettingsTable): CommandLine {
  const withFlag = Object.values(settings).filter((setting) => setting.flag !== undefined);
  const values = parseOptions(argv, withFlag);
  const texts: Record<string, string> = {};
  for (const { env, flag } of withFlag) {
    const value = flag === undefined ? undefined : values[flag];
    if (value !== undefined) texts[env] = String(value);
  }
  return { action: values['help'] ? 'help' : values['print-config'] ? 'print-config' : 'run', texts };
}

function parseOptions(
  argv: readonly string[],
  withFlag: readonly Setting<unknown>[],
): Readonly<Record<string, string | boolean | undefined>> {
  const options: ParseArgsOptionsConfig = {
    help: { type: 'boolean', short: 'h' },
    'print-config': { type: 'boolean' },
  };
  for (const { flag, flagValue } of withFlag) {
    if (flag !== undefined) options[flag] = { type: flagValue === undefined ? 'boolean' : 'string' };
  }
  try {
    const { values } = parseArgs({ args: [...argv], options, allowNegative: true, allowPositionals: false });
    return values as Readonly<Record<string, string | boolean | undefined>>;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [firstSentence = error.message] = error.message.split(/\.\s/);
    throw new ConfigError([
      `${firstSentence.replace(/\.$/, '')}. Options: ${Object.keys(options).map(dashed).join(', ')}.`,
    ]);
  }
}

function dashed(flag: string): string {
  return `--${flag}`;
}
