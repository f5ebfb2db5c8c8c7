import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { HelperProcess } from '../bench/harness/helper-process.js';
import { startScratchPostgres } from '../support/scratch-postgres.js';
import { Campaign, RSS_BYTES_MAX, type CampaignResult, type Finding } from './campaign.js';
import { contractTargets } from './contract-targets.js';
import { FuzzUsageError, HELP, readOptions, type FuzzOptions } from './fuzz.options.js';
import { graphqlTargets } from './graphql-targets.js';
import { signedTargets } from './signed-targets.js';
import type { FuzzedHub, Target } from './target.js';

const TELL_EVERY = 5_000;
const MIB = 1_024 * 1_024;
/** What the fuzz leaves: the hub's log, and each payload that found something. */
const FOLDER = join(packageRoot(), '.entrepot', 'fuzz');
const LOG_FILE = join(FOLDER, 'hub.log');
const FAULT_LEVEL = /^\{"level":"(?:error|fatal)"/;
const FAULTS_TOLD_MAX = 10;
const FAULT_CHARS_TOLD = 800;

async function run(options: FuzzOptions): Promise<CampaignResult> {
  mkdirSync(FOLDER, { recursive: true });
  rmSync(LOG_FILE, { force: true });
  const postgres = await startScratchPostgres();
  const hub = HelperProcess.start(new URL('./fuzz-hub.process.js', import.meta.url));
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
  try {
    const fuzzed = await hub.call<FuzzedHub>('start', { databaseUrl: postgres.url, logFile: LOG_FILE });
    const targets = targetsOf(fuzzed);
    const campaign = new Campaign({ process: hub, url: fuzzed.url }, pool, options.seed, targets);
    const numbers = options.only ?? Array.from({ length: options.payloads }, (_, n) => options.from + n);
    const result = await campaign.run(numbers, (sent) => {
      if (!options.json && sent % TELL_EVERY === 0) console.error(`${new Date().toISOString()} ${sent} payloads sent`);
    });
    await hub.call('stop');
    return result;
  } finally {
    await hub.stop();
    await pool.end();
    await postgres.remove();
  }
}

/** Every route of the hub: the signed ones and the graph by their own, all others by their contract. */
function targetsOf(hub: FuzzedHub): readonly Target[] {
  const own = [...signedTargets(hub), ...graphqlTargets(hub)];
  const routes = new Set(own.map(({ name }) => name.split(' ', 2).join(' ')));
  return [...own, ...contractTargets(hub, routes)];
}

function save({ n, target, why, payload }: Finding, seed: number): string {
  const file = join(FOLDER, `${seed}-${n}.json`);
  const { method, path, headers, body } = payload;
  const written = { target, why, method, path, headers, bodyBase64: body?.toString('base64') };
  writeFileSync(file, JSON.stringify(written, undefined, 2));
  return file;
}

/** What the hub calls a fault of its own: in an answer, or in work that a payload left behind. */
function faultsLogged(): readonly string[] {
  if (!existsSync(LOG_FILE)) return [];
  const entries = readFileSync(LOG_FILE, 'utf8')
    .split('\n')
    .filter((line) => FAULT_LEVEL.test(line));
  return entries.slice(0, FAULTS_TOLD_MAX).map((line) => line.slice(0, FAULT_CHARS_TOLD));
}

function describe(result: CampaignResult, seed: number): string {
  const targets = Object.keys(result.byTarget).length;
  const statuses = Object.entries(result.byStatus).map(([status, times]) => `${times} × ${status}`);
  return [
    `${result.sent} payloads with seed ${seed} to ${targets} places in ${Math.round(result.seconds)} s`,
    `  answers  ${statuses.join(', ')}`,
    `  kept     ${result.kept} that were answered for and not taken, each found as a stored message`,
    `  slowest  ${result.slowest.ms} ms: ${result.slowest.n}, ${result.slowest.target}; no turn for ${result.stallMsMax} ms at most`,
    `  memory   at most ${Math.round(result.rssMax / MIB)} MiB of ${RSS_BYTES_MAX / MIB}`,
  ].join('\n');
}

function tellFindings({ findings }: CampaignResult, seed: number): void {
  for (const finding of findings) {
    console.error(`\n${finding.target}: ${finding.why}`);
    console.error(`  saved as ${save(finding, seed)}`);
    console.error(`  again: npm run fuzz -- --seed ${seed} --only ${finding.n}`);
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'HELP') console.log(HELP);
  else {
    const result = await run(options);
    const { findings, ...figures } = result;
    console.log(
      options.json ? JSON.stringify({ ...figures, findings: findings.length }) : describe(result, options.seed),
    );
    tellFindings(result, options.seed);
    const outgrown = result.rssMax > RSS_BYTES_MAX;
    if (outgrown) console.error(`the hub held ${Math.round(result.rssMax / MIB)} MiB`);
    const faults = faultsLogged();
    for (const fault of faults) console.error(`the hub logged a fault: ${fault}`);
    process.exitCode = findings.length > 0 || faults.length > 0 || outgrown ? 1 : 0;
  }
} catch (error) {
  const isUsage = error instanceof FuzzUsageError;
  console.error(isUsage ? `${error.message}\n\n${HELP}` : error);
  process.exit(isUsage ? 2 : 1);
}
