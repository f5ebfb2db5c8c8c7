import pg from 'pg';
import {
  CHECK_SAYS,
  DIFFERENCES_MAX,
  proveStock,
  type CheckedStock,
  type StockDifference,
  type StockProof,
} from '../process-apis/availability/index.js';
import { HUB_SETTINGS } from './hub.settings.js';
import { loadConfig } from './platform/config/config.js';
import { openStoredDatabase, tellError } from './stored-database.js';

const DIFFERS = 1;
const CANNOT_SAY = 2;

/** Proves the stock of the whole database and tells every difference. Reads only; the hub may go on meanwhile. */
async function main(): Promise<number> {
  const loaded = loadConfig(process.env, process.argv.slice(2), HUB_SETTINGS);
  if (loaded.action === 'print') {
    console.log(loaded.text);
    return 0;
  }
  const database = await openStoredDatabase(loaded.config);
  const pool = new pg.Pool({ connectionString: database.url, max: 1, application_name: 'entrepot stock:verify' });
  try {
    return tell(await proveStock(pool, tellProgress));
  } finally {
    await pool.end();
    await database.close();
  }
}

function tellProgress({ check, differences, seconds }: CheckedStock): void {
  const found = differences.length === 0 ? 'yes' : `NO, ${atLeast(differences)}`;
  console.log(`${CHECK_SAYS[check].padEnd(60)} ${found.padEnd(22)} ${seconds.toFixed(2)} s`);
}

function atLeast({ length }: readonly StockDifference[]): string {
  const count = length === DIFFERENCES_MAX ? `${length} or more` : String(length);
  return `${count} ${length === 1 ? 'difference' : 'differences'}`;
}

function tell({ size, checks }: StockProof): number {
  const { positions, movements, lots, orders } = size;
  console.log(`${positions} positions, ${movements} movements, ${lots} lots, ${orders} orders`);
  const lines = checks.flatMap(({ check, differences }) =>
    differences.map(
      ({ sku, node, bucket, is, shouldBe }) =>
        `${check}: ${sku}${node === null ? '' : ` at ${node}`}: ${bucket} is ${is}, should be ${shouldBe}`,
    ),
  );
  for (const line of lines.slice(0, DIFFERENCES_MAX)) console.error(line);
  if (lines.length > DIFFERENCES_MAX) console.error(`… and ${lines.length - DIFFERENCES_MAX} more`);
  console.log(lines.length === 0 ? 'The stock is proved.' : 'The stock is NOT proved.');
  return lines.length === 0 ? 0 : DIFFERS;
}

try {
  process.exitCode = await main();
} catch (error) {
  tellError(error);
  process.exitCode = CANNOT_SAY;
}
