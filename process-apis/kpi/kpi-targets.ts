import { pairs, type SettingType } from '../../src/platform/config/setting-types.js';
import { KPI_NAMES, kpiDefinition, type Kpi } from './kpi.definitions.js';

/** What an installation keeps to instead of the targets of the definitions; undefined for a KPI that is to have none. */
export type OwnTargets = ReadonlyMap<Kpi, number | undefined>;

const NONE = 'none';
const NUMBER = /^\d+(\.\d+)?$/;
const named = pairs('targets by KPI');

/** `OVERSELL_RATE=0.002,EXCEPTION_VOLUME=none`: in the unit of the KPI, shares up to 1. */
export const ownTargets: SettingType<OwnTargets> = {
  says: `${named.says}: in the unit of the KPI (milliseconds, a share up to 1, a number), or \`${NONE}\``,
  schema: named.schema.transform((texts, context) => {
    const targets = new Map<Kpi, number | undefined>();
    for (const [name, text] of texts) {
      const kpi = KPI_NAMES.find((known) => known === name);
      const target = text === NONE ? undefined : Number(NUMBER.exec(text)?.[0]);
      if (kpi === undefined || !canBe(kpi, target)) context.addIssue(`${name}=${text} is no target of a KPI`);
      else targets.set(kpi, target);
    }
    return targets;
  }),
};

function canBe(kpi: Kpi, target: number | undefined): boolean {
  const most = kpiDefinition(kpi).unit === 'RATIO' ? 1 : Number.MAX_SAFE_INTEGER;
  return target === undefined || target <= most;
}
