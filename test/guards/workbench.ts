import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { proofName, type Guard, type Proof } from './guard.js';

const run = promisify(execFile);
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
/** A proof that hangs without its guard has caught it too. */
const PROOF_MS_MAX = 5 * 60_000;

/** A copy of the tree in which guards may be switched off. */
export class Workbench {
  private readonly root = mkdtempSync(join(tmpdir(), 'entrepot-guards-'));

  private constructor(private readonly tree: string) {}

  static async open(tree: string): Promise<Workbench> {
    const bench = new Workbench(tree);
    // What is not committed yet counts as well.
    const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: tree,
      maxBuffer: OUTPUT_BYTES_MAX,
    });
    for (const file of stdout.split('\0').filter((name) => name !== '')) {
      mkdirSync(join(bench.root, dirname(file)), { recursive: true });
      cpSync(join(tree, file), join(bench.root, file));
    }
    symlinkSync(join(tree, 'node_modules'), join(bench.root, 'node_modules'));
    return bench;
  }

  /** Throws when the guard is not where the list says. */
  switchOff({ name, file, find, replace }: Guard): void {
    const text = readFileSync(join(this.tree, file), 'utf8');
    const found = text.split(find).length - 1;
    if (found !== 1) throw new Error(`guard "${name}": its text stands ${found} times in ${file}, not once`);
    writeFileSync(
      join(this.root, file),
      text.replace(find, () => replace),
    );
  }

  switchOn({ file }: Guard): void {
    cpSync(join(this.tree, file), join(this.root, file));
  }

  /** What went wrong, in a line; undefined when the proof holds. */
  async failureOf(proof: Proof): Promise<string | undefined> {
    const script = 'sim' in proof ? ['sim', '--', '--seeds', String(proof.sim)] : ['test', '--', proof.spec];
    try {
      await run('npm', ['run', '-s', ...script], {
        cwd: this.root,
        maxBuffer: OUTPUT_BYTES_MAX,
        timeout: PROOF_MS_MAX,
        killSignal: 'SIGKILL',
      });
      return undefined;
    } catch (error) {
      return firstFailure(proof, error as { readonly stdout?: string; readonly stderr?: string });
    }
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function firstFailure(proof: Proof, { stdout = '', stderr = '' }: { stdout?: string; stderr?: string }): string {
  // oxlint-disable-next-line no-control-regex -- terminal colours
  const lines = `${stdout}\n${stderr}`.replaceAll(/\u001b\[[0-9;]*m/g, '').split('\n');
  const telling = lines.find((line) => /^\s*(FAIL|×)\s|#\s/.test(line)) ?? lines.find((line) => /Error/.test(line));
  return (telling ?? `${proofName(proof)} failed`).trim();
}
