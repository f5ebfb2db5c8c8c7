import { userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import {
  CHANGES_KEPT_MAX,
  CHANGES_PAGE_MAX,
  ReplayDesk,
  ReplayRefusedError,
  type ReplayChange,
  type ReplayRun,
} from '../process-apis/replay/index.js';
import { HUB_SETTINGS } from './hub.settings.js';
import { loadConfig } from './platform/config/config.js';
import { readReplayCommand, REPLAY_HELP, type ReplayCommand } from './replay.options.js';
import { changeLine, progressLine, summaryOf } from './replay.words.js';
import { openStoredDatabase, tellError } from './stored-database.js';

const DONE = 0;
const NOT_ALL = 1;
const CANNOT = 2;
const LOOK_EVERY_MS = 500;
/** Without a terminal, a line of progress is written this often. */
const TELL_EVERY_MS = 10_000;
/** A hub takes up a replay within seconds; a killed one's within half a minute. */
const IDLE_MS_MAX = 60_000;
const CHANGES_TOLD_MAX = 50;

/** `npx entrepot replay …`: asks the hub for a replay, and follows it. Gives the exit code. */
export async function replay(argv: readonly string[]): Promise<number> {
  try {
    const command = readReplayCommand(argv);
    if (command.action === 'help') {
      console.log(REPLAY_HELP);
      return DONE;
    }
    return await withDesk((desk) => follow(desk, command));
  } catch (error) {
    if (error instanceof ReplayRefusedError) console.error(sentence(error.message));
    else tellError(error);
    return CANNOT;
  }
}

type AskedCommand = Exclude<ReplayCommand, { action: 'help' }>;

async function withDesk(work: (desk: ReplayDesk) => Promise<number>): Promise<number> {
  // Nothing is opened here that is sealed: the keys stay with the hub.
  const { databaseUrl, dataDir } = HUB_SETTINGS;
  const loaded = loadConfig(process.env, [], { databaseUrl, dataDir });
  if (loaded.action === 'print') throw new Error('the settings ask to print something');
  const database = await openStoredDatabase(loaded.config);
  const pool = new pg.Pool({ connectionString: database.url, max: 2, application_name: 'entrepot replay' });
  try {
    if (database.ours) {
      console.error('No hub runs on this database: start it, then ask again.');
      return CANNOT;
    }
    return await work(new ReplayDesk(pool));
  } finally {
    await pool.end();
    await database.close();
  }
}

async function follow(desk: ReplayDesk, command: AskedCommand): Promise<number> {
  const asked = await ask(desk, command);
  if (command.action === 'stop') return tell(desk, asked, command.json);
  console.error(`Replay ${asked.id}${asked.dryRun ? ' (dry run)' : ''}: Ctrl-C leaves it going on.`);
  const ended = await untilEnded(desk, asked);
  if (ended.status === 'RUNNING') {
    console.error(
      `No hub with the worker role has taken it up within ${IDLE_MS_MAX / 1_000} s. It stays asked for: ` +
        `follow it with \`npx entrepot replay --resume ${ended.id}\`.`,
    );
    return CANNOT;
  }
  return tell(desk, ended, command.json);
}

function ask(desk: ReplayDesk, command: AskedCommand): Promise<ReplayRun> {
  const actor = `cli:${userInfo().username}`;
  switch (command.action) {
    case 'start':
      return desk.start({ ...command.request, actor });
    case 'stop':
      return desk.stop(command.id, actor);
    case 'resume':
      return resume(desk, command.id, actor);
  }
}

/** One that goes on already is followed. */
async function resume(desk: ReplayDesk, id: string, actor: string): Promise<ReplayRun> {
  const run = await desk.run(id);
  return run.status === 'RUNNING' || run.status === 'DONE' ? run : desk.resume(id, actor);
}

/** The run as it ended; still running when no hub took it up. */
async function untilEnded(desk: ReplayDesk, asked: ReplayRun): Promise<ReplayRun> {
  const progress = new Progress();
  let run = asked;
  let idleSince = Date.now();
  while (run.status === 'RUNNING' && Date.now() - idleSince < IDLE_MS_MAX) {
    await pause(LOOK_EVERY_MS);
    const next = await desk.run(asked.id);
    if (next.working || next.updatedAt !== run.updatedAt) idleSince = Date.now();
    run = next;
    progress.show(run);
  }
  progress.end();
  return run;
}

/** One line that is written over at a terminal, a line now and then elsewhere. */
class Progress {
  private readonly live = process.stderr.isTTY;
  private toldAt = Date.now();

  show(run: ReplayRun): void {
    if (this.live) process.stderr.write(`\r\u001b[K${progressLine(run)}`);
    else if (Date.now() - this.toldAt >= TELL_EVERY_MS) {
      console.error(progressLine(run));
      this.toldAt = Date.now();
    }
  }

  end(): void {
    if (this.live) process.stderr.write('\r\u001b[K');
  }
}

async function tell(desk: ReplayDesk, run: ReplayRun, json: boolean): Promise<number> {
  if (json) console.log(JSON.stringify({ run, changes: await allChanges(desk, run.id) }, undefined, 2));
  else {
    for (const change of await desk.changes(run.id, undefined, CHANGES_TOLD_MAX)) console.log(changeLine(change));
    console.log(summaryOf(run, CHANGES_TOLD_MAX));
  }
  if (run.status === 'STOPPED') return NOT_ALL;
  return run.status === 'DONE' && run.refused === 0 && !(await hasDifference(desk, run)) ? DONE : NOT_ALL;
}

async function hasDifference(desk: ReplayDesk, { id, kind }: ReplayRun): Promise<boolean> {
  if (kind !== 'ORDER') return false;
  return (await allChanges(desk, id)).some(({ outcome }) => outcome === 'DIFFERS');
}

async function allChanges(desk: ReplayDesk, id: string): Promise<readonly ReplayChange[]> {
  const changes: ReplayChange[] = [];
  while (changes.length < CHANGES_KEPT_MAX) {
    const page = await desk.changes(id, changes.at(-1)?.subject, CHANGES_PAGE_MAX);
    changes.push(...page);
    if (page.length < CHANGES_PAGE_MAX) break;
  }
  return changes;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
