import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../src/platform/db/package-root.js';

/** The folders that the rules bind; the same that `npm run boundaries` names. */
export const ROOMS = ['src', 'system-apis', 'process-apis', 'experience-apis', 'test'] as const;

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

const cruiseResult = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

export type CruiseResult = z.infer<typeof cruiseResult>;

/** Runs dependency-cruiser with the house's rules over the rooms of a tree, by its command line as CI does. */
export async function cruise(tree: string): Promise<CruiseResult> {
  const command = join(packageRoot(), 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const config = join(packageRoot(), '.dependency-cruiser.cjs');
  const { promise, resolve, reject } = Promise.withResolvers<CruiseResult>();
  execFile(
    process.execPath,
    [command, '--config', config, '--output-type', 'json', ...ROOMS],
    { cwd: tree, maxBuffer: OUTPUT_BYTES_MAX },
    (error, stdout, stderr) => {
      // Its exit code tells of violations too; only an answer that is none is a failure here.
      if (stdout.startsWith('{')) resolve(cruiseResult.parse(JSON.parse(stdout)));
      else reject(new Error(`dependency-cruiser gave no answer: ${stderr}`, { cause: error }));
    },
  );
  return promise;
}
