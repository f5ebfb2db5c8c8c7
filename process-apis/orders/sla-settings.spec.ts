import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { SlaSettings, UnknownCalendarError } from './sla-settings.js';

const OFFICE = {
  id: 'office',
  timeZone: 'Europe/Berlin',
  workingDays: [1, 2, 3, 4, 5],
  opensAt: '08:00',
  closesAt: '18:00',
  breaks: [{ from: '12:00', to: '12:30' }],
  holidays: ['2026-12-25'],
};

let database: TestDatabase;
let pool: pg.Pool;
let settings: SlaSettings;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  settings = new SlaSettings(pool);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('SLA settings', () => {
  it('are in force for the channel, else for every channel', async () => {
    await settings.saveCalendar(OFFICE);
    await settings.saveClock({ channel: '*', stage: 'RELEASE', minutes: 60, warnMinutes: 10 });
    const own = { channel: 'shop-eu', stage: 'RELEASE', minutes: 30, warnMinutes: 5 } as const;
    await settings.saveClock({ ...own, calendar: 'office', cutOff: '14:00' });
    const clockFor = await settings.forDecision();
    expect(clockFor('amazon-de', 'RELEASE')).toEqual({ minutes: 60, warnMinutes: 10 });
    const { id: _, ...calendar } = OFFICE;
    expect(clockFor('shop-eu', 'RELEASE')).toMatchObject({ minutes: 30, working: { calendar, cutOff: '14:00' } });
    expect(clockFor('shop-eu', 'SHIPMENT')).toBeUndefined();
    expect(await settings.clocks()).toEqual([
      { channel: '*', stage: 'RELEASE', minutes: 60, warnMinutes: 10 },
      { ...own, calendar: 'office', cutOff: '14:00' },
    ]);
    expect(await settings.calendars()).toEqual([OFFICE]);
  });

  it('refuse a calendar that is not there, and to remove one that a clock runs by', async () => {
    const clock = { channel: '*', stage: 'SHIPMENT', minutes: 60, warnMinutes: 5, calendar: 'nowhere' } as const;
    await expect(settings.saveClock(clock)).rejects.toThrow(UnknownCalendarError);
    await expect(settings.removeCalendar('office')).rejects.toThrow(UnknownCalendarError);
  });

  it('end: the next decision has the standard clock again', async () => {
    expect(await settings.removeClock('shop-eu', 'RELEASE')).toBe(true);
    expect(await settings.removeClock('shop-eu', 'RELEASE')).toBe(false);
    expect((await settings.forDecision())('shop-eu', 'RELEASE')).toMatchObject({ minutes: 60 });
    expect(await settings.removeCalendar('office')).toBe(true);
  });
});
