import { execFile } from 'node:child_process';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** A server that runs on a cluster, as its `postmaster.pid` says. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

const PID_LINE = 0;
const PORT_LINE = 3;

/**
 * The server that runs on this cluster. The file alone proves nothing: after a crash of the machine its
 * process id may belong to anything else, so the process itself is looked at.
 */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const file = await readFile(pidFile(cluster), 'utf8').catch(() => '');
  const lines = file.split('\n');
  const pid = Number(lines[PID_LINE]);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isPostmasterOf(pid, cluster))) return undefined;
  return { pid, port: Number(lines[PORT_LINE]) };
}

export function pidFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === 'linux') {
    // A server works in its data directory.
    const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return workingFolder !== undefined && workingFolder === (await realpath(cluster));
  }
  if (process.platform === 'win32') {
    const { stdout } = await execFileAsync('tasklist', ['/fi', `PID eq ${pid}`, '/fo', 'csv', '/nh']);
    return stdout.includes('postgres.exe');
  }
  const { stdout } = await execFileAsync('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({ stdout: '' }));
  return stdout.includes('postgres') && stdout.includes(cluster);
}
