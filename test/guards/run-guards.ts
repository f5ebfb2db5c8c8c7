import { parseArgs } from 'node:util';
import { proofName, type Guard, type Proof } from './guard.js';
import { GUARDS } from './guards.js';
import { Workbench } from './workbench.js';

const HELP = `Switches off each safeguard of the hub, one at a time, in a copy of the tree, and shows which test catches it.

  npm run guards                     all of them
  npm run guards -- --only <name>    those whose name holds the text
  npm run guards -- --list           what there is

Ends with 1 when a guard's absence is caught by nothing, or when a proof fails with all guards on.`;

interface Verdict {
  readonly guard: Guard;
  readonly caughtBy: string | undefined;
  readonly how: string;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, list: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help === true) return say(HELP);
  const guards = GUARDS.filter(({ name }) => name.includes(values.only ?? ''));
  if (values.list === true) return say(guards.map(({ name, keeps }) => `${name}: ${keeps}`).join('\n'));
  const bench = await Workbench.open(process.cwd());
  try {
    await requireSoundProofs(bench, guards);
    const verdicts: Verdict[] = [];
    for (const guard of guards) verdicts.push(await judge(bench, guard));
    say(table(verdicts));
    const survivors = verdicts.filter(({ caughtBy }) => caughtBy === undefined);
    say(`${verdicts.length - survivors.length} of ${verdicts.length} guards are proved.`);
    return survivors.length === 0 ? 0 : 1;
  } finally {
    bench.close();
  }
}

/** A proof that fails anyway proves nothing. */
async function requireSoundProofs(bench: Workbench, guards: readonly Guard[]): Promise<void> {
  const proofs = new Map<string, Proof>(
    guards.flatMap(({ caughtBy }) => caughtBy.map((proof) => [proofName(proof), proof])),
  );
  for (const [name, proof] of proofs) {
    console.error(`with all guards on: ${name}`);
    const failure = await bench.failureOf(proof);
    if (failure !== undefined) throw new Error(`${name} fails with all guards on: ${failure}`);
  }
}

async function judge(bench: Workbench, guard: Guard): Promise<Verdict> {
  console.error(`without: ${guard.name}`);
  bench.switchOff(guard);
  try {
    for (const proof of guard.caughtBy) {
      const how = await bench.failureOf(proof);
      if (how !== undefined) return { guard, caughtBy: proofName(proof), how };
    }
    return { guard, caughtBy: undefined, how: 'NOTHING' };
  } finally {
    bench.switchOn(guard);
  }
}

function table(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(
    ({ guard, caughtBy, how }) =>
      `| ${guard.name} | ${guard.keeps} | ${caughtBy ?? '**nothing**'} | ${how.replaceAll('|', '/').slice(0, 160)} |`,
  );
  return ['| guard switched off | what it keeps | caught by | how |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function say(text: string): number {
  console.log(text);
  return 0;
}

process.exitCode = await main();
