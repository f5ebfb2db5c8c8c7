import { Pool } from 'pg';
import { describe, expect, it } from 'vitest';
import { KPI_NAMES, kpiDefinition } from './kpi.definitions.js';
import { KpiReader } from './kpi-reader.js';
import { ownTargets } from './kpi-targets.js';

describe('the targets of an installation', () => {
  it('are numbers in the unit of the KPI, or none', () => {
    const targets = ownTargets.schema.parse('OVERSELL_RATE=0.002, ORDER_ACCEPTANCE_LAG=30000,CANCELLATION_RATE=none');
    expect([...targets]).toEqual([
      ['OVERSELL_RATE', 0.002],
      ['ORDER_ACCEPTANCE_LAG', 30_000],
      ['CANCELLATION_RATE', undefined],
    ]);
  });

  it.each(['OVERSELL=0.1', 'OVERSELL_RATE=1.5', 'OVERSELL_RATE=0.5 %', 'EXCEPTION_VOLUME=-1', 'EXCEPTION_VOLUME', ''])(
    'are not "%s"',
    (text) => expect(ownTargets.schema.safeParse(text).success).toBe(false),
  );

  it('stand instead of those of the definitions', () => {
    const targets = ownTargets.schema.parse('OVERSELL_RATE=0.002,CANCELLATION_RATE=none,EXCEPTION_VOLUME=10');
    // Nothing is read.
    const reader = new KpiReader(new Pool(), { targets });
    expect(reader.definition('OVERSELL_RATE')).toEqual({ ...kpiDefinition('OVERSELL_RATE'), target: 0.002 });
    expect(reader.definition('CANCELLATION_RATE')).not.toHaveProperty('target');
    expect(reader.definition('EXCEPTION_VOLUME').target).toBe(10);
    expect(reader.definition('INVENTORY_ACCURACY').target).toBe(0.98);
  });

  it('are such as their KPIs can have, where they are of the definitions', () => {
    const targets = KPI_NAMES.flatMap((kpi) => {
      const { target } = kpiDefinition(kpi);
      return target === undefined ? [] : [`${kpi}=${target}`];
    });
    expect(ownTargets.schema.parse(targets.join(',')).size).toBe(targets.length);
    expect(targets.length).toBeGreaterThan(5);
  });
});
