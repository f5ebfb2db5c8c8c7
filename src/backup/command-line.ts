import { parseArgs } from 'node:util';
import { HUB_SETTINGS } from '../hub.settings.js';
import { ConfigError } from '../platform/config/config-error.js';
import { loadConfig, type Config } from '../platform/config/config.js';

const FAILED = 1;
const BAD_USAGE = 2;

export interface CommandLine {
  readonly config: Config;
  /** The folder that `--to` or `--from` names. */
  readonly folder: string;
  readonly force: boolean;
}

interface Usage {
  readonly option: 'to' | 'from';
  readonly help: string;
}

/** Runs a command of backups: reads its options, tells progress on stderr and the result on stdout. Gives the exit code. */
export async function runCommand(
  argv: readonly string[],
  usage: Usage,
  run: (
    line: CommandLine,
    tell: (sentence: string) => void,
  ) => Promise<{ readonly sentence: string; readonly result: object }>,
  sentencesOf: (error: unknown) => readonly string[] | undefined,
): Promise<number> {
  try {
    const line = read(argv, usage);
    if (line === undefined) {
      console.log(usage.help);
      return 0;
    }
    const { sentence, result } = await run(line, (progress) => console.error(progress));
    console.log(line.json ? JSON.stringify(result) : sentence);
    return 0;
  } catch (error) {
    const sentences = sentencesOf(error);
    if (sentences === undefined) console.error(error);
    else for (const sentence of sentences) console.error(sentence);
    return error instanceof ConfigError ? BAD_USAGE : FAILED;
  }
}

/** Undefined: its help is asked for. Settings come from the environment, as for the hub itself. */
function read(argv: readonly string[], { option }: Usage): (CommandLine & { readonly json: boolean }) | undefined {
  const values = parse(argv, option);
  if (values['help'] === true) return undefined;
  const folder = values[option];
  if (typeof folder !== 'string' || folder === '')
    throw new ConfigError([`--${option} is missing: name the folder of the backup.`]);
  const loaded = loadConfig(process.env, [], HUB_SETTINGS);
  if (loaded.action === 'print') throw new Error('nothing to print was asked for');
  return { config: loaded.config, folder, force: values['force'] === true, json: values['json'] === true };
}

function parse(
  argv: readonly string[],
  option: Usage['option'],
): Readonly<Record<string, string | boolean | undefined>> {
  try {
    const { values } = parseArgs({
      args: [...argv],
      allowPositionals: false,
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        [option]: { type: 'string' },
        ...(option === 'from' ? { force: { type: 'boolean' } } : {}),
      },
    });
    return values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigError([error.message]);
  }
}
