import 'reflect-metadata';
import type { Command } from './command.js';
import { closestName } from './platform/config/closest-name.js';

const BAD_USAGE = 2;

/** What `npx entrepot` can do. Each command explains itself by `--help`. */
const COMMANDS: Readonly<Record<string, Command>> = {
  start: {
    summary: 'Starts the hub, with its demo when it has no systems of its own.',
    load: async () => (await import('./start.js')).start,
  },
  replay: {
    summary: 'Runs stored messages, refused facts or dead letters again; dry unless told otherwise.',
    load: async () => (await import('./replay.js')).replay,
  },
  backup: {
    summary: 'Copies the database into a folder while the hub goes on.',
    load: async () => (await import('./backup/commands.js')).backup,
  },
  user: {
    summary: 'Adds, lists and removes the people who may sign in to the console.',
    load: async () => (await import('./user.js')).user,
  },
  restore: {
    summary: 'Makes an empty database what it was when a backup was taken.',
    load: async () => (await import('./backup/commands.js')).restore,
  },
};

async function main([name = 'help', ...argv]: readonly string[]): Promise<number> {
  if (name === 'help' || name === '--help' || name === '-h') {
    console.log(help());
    return 0;
  }
  const command = COMMANDS[name];
  if (command !== undefined) return (await command.load())(argv);
  const near = closestName(name, Object.keys(COMMANDS));
  console.error(`There is no command "${name}"${near === undefined ? '' : `; "${near}" is one`}.\n\n${help()}`);
  return BAD_USAGE;
}

function help(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: npx entrepot <command> [options]',
    '',
    ...lines,
    '',
    '`npx entrepot <command> --help` tells its options.',
  ].join('\n');
}

process.exit(await main(process.argv.slice(2)));
