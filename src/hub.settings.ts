import { ownTargets } from '../process-apis/kpi/index.js';
import { PLATFORM_SETTINGS } from './platform/config/platform-settings.js';
import { optionalSetting, setting, type ConfigOf } from './platform/config/setting.js';
import { decimalNumber, wholeNumber } from './platform/config/setting-types.js';

/** Every setting of the hub: those of the platform, and those that speak of orders. */
export const HUB_SETTINGS = {
  ...PLATFORM_SETTINGS,
  kpiTargets: optionalSetting(ownTargets, {
    env: 'ENTREPOT_KPI_TARGETS',
    group: 'KPIs',
    default: { says: 'those of [kpis.md](kpis.md)', from: () => undefined },
    description:
      'What this installation keeps to: `OVERSELL_RATE=0.002,CANCELLATION_RATE=none`. KPIs that are not named keep their targets.',
  }),
  demoRate: setting(decimalNumber(0, 1000), {
    env: 'ENTREPOT_DEMO_RATE',
    group: 'Demo',
    flag: 'rate',
    flagValue: 'N',
    default: '1',
    description: 'How many orders the demo places in a second; `0` places none.',
  }),
  demoOrders: setting(wholeNumber(0, 10_000_000, 'orders'), {
    env: 'ENTREPOT_DEMO_ORDERS',
    group: 'Demo',
    flag: 'orders',
    flagValue: 'N',
    default: '0',
    description: 'After how many orders the demo stops to place them; `0` for never.',
  }),
  demoSeed: setting(wholeNumber(0, 2 ** 31 - 1), {
    env: 'ENTREPOT_DEMO_SEED',
    group: 'Demo',
    flag: 'seed',
    flagValue: 'N',
    default: '1',
    description: 'What the demo varies its orders by: the same seed gives the same orders.',
  }),
} as const;

export type HubConfig = ConfigOf<typeof HUB_SETTINGS>;
