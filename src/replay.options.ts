import { parseArgs } from 'node:util';
import { ConfigError } from './platform/config/config-error.js';
import {
  PER_SECOND_DEFAULT,
  type ReplayKind,
  type ReplayRequest,
  type ReplaySelection,
} from '../process-apis/replay/index.js';

export const REPLAY_HELP = `Runs stored messages, refused facts or dead letters again. Nothing happens twice outside: ids and keys stay the same.

  npx entrepot replay --order ID                            all that is open of one order
  npx entrepot replay --channel shop-eu --reference 1001    … named as the channel names it
  npx entrepot replay --channel shop-eu --type orders/create --from 2026-03-01T00:00Z --to 2026-03-02T00:00Z
                                                            stored messages of a channel
  npx entrepot replay --node dc-north --type RECEIVED       facts of a node that were refused
  npx entrepot replay --dead-letters --type erp             tasks that are no longer tried
  npx entrepot replay --resume ID | --stop ID               a replay that was asked for before

  --order ID          the hub's id of the order
  --channel ACCOUNT   the channel account, or another source of messages: wms-rest
  --reference REF     the channel's id of the order, with --channel
  --type TYPE         topic of messages, kind of facts, kind of tasks
  --node NODE         facts of this node
  --facts             refused facts of the channel instead of its messages
  --dead-letters      dead letters
  --from, --to TIME   what came from, and before, this instant
  --dry-run           says what would change, and changes nothing (the default)
  --run               does it
  --rate N            messages, facts or tasks in a second (${PER_SECOND_DEFAULT})
  --json              the result as JSON, on standard output
  --help

A hub with the worker role does the work; this command asks for it, shows how far it is, and tells what came of it. It reads
where the database is from the hub's settings (DATABASE_URL, ENTREPOT_DATA_DIR). Ctrl-C leaves the replay going on.

Exit code: 0 done; 1 done, and something is still refused or differs, or the replay did not end; 2 it could not be asked for.`;

const OPTIONS = {
  order: { type: 'string' },
  channel: { type: 'string' },
  reference: { type: 'string' },
  type: { type: 'string' },
  node: { type: 'string' },
  facts: { type: 'boolean', default: false },
  'dead-letters': { type: 'boolean', default: false },
  from: { type: 'string' },
  to: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  run: { type: 'boolean', default: false },
  rate: { type: 'string' },
  resume: { type: 'string' },
  stop: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export type ReplayCommand = { readonly json: boolean } & (
  | { readonly action: 'help' }
  | { readonly action: 'start'; readonly request: Omit<ReplayRequest, 'actor'> }
  | { readonly action: 'resume' | 'stop'; readonly id: string }
);

/** Throws ConfigError with a sentence. What a selection may hold is checked where it is started. */
export function readReplayCommand(argv: readonly string[]): ReplayCommand {
  const values = parse(argv);
  const { json } = values;
  if (values.help || argv.length === 0) return { action: 'help', json };
  const { resume, stop } = values;
  const id = resume ?? stop;
  if (id !== undefined) {
    if (argv.some((word) => word.startsWith('--') && !/^--(resume|stop|json)\b/.test(word)) || (resume && stop))
      throw new ConfigError(['--resume and --stop take the id of a replay, and nothing else but --json.']);
    return { action: resume === undefined ? 'stop' : 'resume', id, json };
  }
  if (values.run && values['dry-run'])
    throw new ConfigError(['--run does it, --dry-run only says what it would do: give one of them.']);
  return { action: 'start', json, request: requestOf(values) };
}

type Values = ReturnType<typeof parse>;

function requestOf(values: Values): Omit<ReplayRequest, 'actor'> {
  const { order, channel, reference, type, node, from, to, rate } = values;
  const perSecond = rate === undefined ? PER_SECOND_DEFAULT : Number(rate);
  const given = { orderId: order, channel, reference, type, node, from: instant(from), to: instant(to) };
  const selection: ReplaySelection = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  return { kind: kindOf(values), selection, perSecond, dryRun: !values.run };
}

function kindOf({ order, reference, node, facts, 'dead-letters': deadLetters, channel }: Values): ReplayKind {
  const asked: readonly (readonly [ReplayKind, boolean])[] = [
    ['ORDER', order !== undefined || reference !== undefined],
    ['DEAD_LETTERS', deadLetters],
    ['FACTS', facts || node !== undefined],
  ];
  const kinds = asked.flatMap(([kind, wanted]) => (wanted ? [kind] : []));
  if (kinds.length > 1)
    throw new ConfigError(['One order, dead letters, or the facts of a node: give the options of one of them.']);
  if (kinds[0] !== undefined) return kinds[0];
  if (channel === undefined)
    throw new ConfigError([
      'Say what to run again: --order, --channel, --node or --dead-letters. `--help` tells more.',
    ]);
  return 'MESSAGES';
}

/** `2026-03-01` and `2026-03-01T10:00Z` are enough; a day begins at midnight UTC. */
function instant(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [sentence = error.message] = error.message.split(/\.\s/);
    throw new ConfigError([`${sentence.replace(/\.$/, '')}. \`npx entrepot replay --help\` tells the options.`]);
  }
}
