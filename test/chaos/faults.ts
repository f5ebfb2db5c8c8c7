import type { World } from '../../src/demo/world.js';
import type { SeededRandom } from '../support/seeded-random.js';

const TIMES_MAX = 3;
const SLOW_MS_MIN = 200;
const SLOW_MS_MAX = 1_500;

interface Once {
  readonly end?: undefined;
}

interface Lasting {
  readonly msMin: number;
  readonly msMax: number;
  end(world: World): void;
}

/** One way in which the outside fails. */
export type Fault = {
  readonly name: string;
  begin(world: World, random: SeededRandom): void;
} & (Once | Lasting);

const SYSTEMS = ['amazon', 'shopify', 'sap', 'wms'] as const;

const ANSWERS: readonly {
  readonly name: string;
  readonly fault: { readonly mode: 'before' | 'after'; readonly status?: number };
}[] = [
  { name: 'answer lost after the work', fault: { mode: 'after' } },
  { name: '500 after the work', fault: { mode: 'after', status: 500 } },
  { name: 'connection cut', fault: { mode: 'before' } },
  { name: '500', fault: { mode: 'before', status: 500 } },
  { name: '503', fault: { mode: 'before', status: 503 } },
  { name: '429', fault: { mode: 'before', status: 429 } },
];

/** Each is as likely as the others. */
export const FAULTS: readonly Fault[] = [
  ...SYSTEMS.flatMap((system) =>
    ANSWERS.map(({ name, fault }): Fault => ({
      name: `${system}: ${name}`,
      begin: (world, random) => world[system].failNext({ ...fault, times: random.int(1, TIMES_MAX + 1) }),
    })),
  ),
  ...SYSTEMS.map((system): Fault => ({
    name: `${system}: down`,
    msMin: 1_000,
    msMax: 6_000,
    begin: (world) => world[system].setDown(true),
    end: (world) => world[system].setDown(false),
  })),
  {
    name: 'sap: slow',
    msMin: 2_000,
    msMax: 5_000,
    begin: (world, random) => world.sap.setLatency(random.int(SLOW_MS_MIN, SLOW_MS_MAX)),
    end: (world) => world.sap.setLatency(0),
  },
  {
    name: 'wms: tells everything twice',
    msMin: 2_000,
    msMax: 8_000,
    begin: (world) => world.wms.duplicateEvents(true),
    end: (world) => world.wms.duplicateEvents(false),
  },
  { name: 'sap: sessions expire', begin: (world) => world.sap.expireSessions() },
  { name: 'amazon: tokens are revoked', begin: (world) => world.amazon.revokeTokens() },
];

/** From now on nothing fails: what lasts ends, and what was planned and has not hit is forgotten. */
export function endFaults(world: World): void {
  for (const fault of FAULTS) fault.end?.(world);
  for (const system of SYSTEMS) world[system].clearFaults();
}
