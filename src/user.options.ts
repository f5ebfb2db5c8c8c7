import { parseArgs } from 'node:util';
import { ConfigError } from './platform/config/config-error.js';
import { closestName } from './platform/config/closest-name.js';

export const USER_HELP = `People who sign in to the console at the hub's own issuer, in users.json of the data directory. Changes count at once.

  npx entrepot user list                                        who there is, with their roles
  npx entrepot user add ada --name "Ada Lang" --role agent      adds a user, or changes its name and roles
  npx entrepot user password ada                                gives a new password; who is signed in with the old one is signed out
  npx entrepot user remove ada                                  takes the user away; a token in use ends within 10 minutes

  --name NAME    how the console calls the user
  --role ROLE    may be given several times: ROLES
  --stdin        takes the password from the standard input; without it one is made and told once
  --json         the result as JSON, on standard output
  --help

The data directory is that of the hub (ENTREPOT_DATA_DIR). With an OpenID provider (ENTREPOT_JWKS_URL) users are kept there.

Exit code: 0 done; 1 refused; 2 it could not be read what is meant.`;

const ACTIONS = ['list', 'add', 'password', 'remove'] as const;
type Action = (typeof ACTIONS)[number];

export interface UserCommand {
  readonly action: Action | 'help';
  readonly id: string;
  readonly name: string | undefined;
  readonly roles: readonly string[];
  readonly stdin: boolean;
  readonly json: boolean;
}

/** Throws ConfigError with a sentence. */
export function readUserCommand(argv: readonly string[], roleNames: readonly string[]): UserCommand {
  const { values, positionals } = parse(argv);
  const [action = 'help', id, ...rest] = positionals;
  const { name, role: roles, stdin, json } = values;
  const command = { id: id?.toLowerCase() ?? '', name, roles, stdin, json };
  if (values.help || action === 'help') return { ...command, action: 'help' };
  if (!isAction(action)) {
    const near = closestName(action, ACTIONS);
    throw new ConfigError([
      `"${action}" is nothing to do with users${near === undefined ? '' : `; is "${near}" meant?`}`,
    ]);
  }
  if ((action === 'list') !== (id === undefined) || rest.length > 0)
    throw new ConfigError([
      `Name one user after "${action}", and none after "list". \`npx entrepot user --help\` tells more.`,
    ]);
  const unknown = roles.find((role) => !roleNames.includes(role));
  if (unknown !== undefined)
    throw new ConfigError([`There is no role "${unknown}": give one of ${roleNames.join(', ')}.`]);
  return { ...command, action };
}

function isAction(word: string): word is Action {
  return (ACTIONS as readonly string[]).includes(word);
}

const OPTIONS = {
  name: { type: 'string' },
  role: { type: 'string', multiple: true, default: [] as string[] },
  stdin: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [sentence = error.message] = error.message.split(/\.\s/);
    throw new ConfigError([`${sentence.replace(/\.$/, '')}. \`npx entrepot user --help\` tells the options.`]);
  }
}
