import { Inject } from '@nestjs/common';
import { Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Pool } from 'pg';
import { Catalog } from '../../../process-apis/catalog/index.js';
import {
  SLA_CLOCKS,
  SlaSettings,
  UnknownCalendarError,
  warnMinutesOf,
  type NamedCalendar,
  type SlaClockSetting,
  type SlaStage,
} from '../../../process-apis/orders/index.js';
import { recordAudit } from '../../../src/platform/audit/index.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { PG_POOL } from '../../../src/platform/db/database.module.js';
import { requireHouse } from '../channel-sight.js';
import type { OperationContext } from '../operation-context.js';
import { readCalendar, readSlaClock, type InputRefusal } from './sla-input.js';

const EVERY_CHANNEL = '*';
const FOR_THE_HOUSE = 'Clocks and calendars are of the house: a token that is bound to a channel may not see them.';

type ShownClock = SlaClockSetting & { readonly changed: boolean };

type SlaSettingsResult =
  | {
      readonly __typename: 'SlaSettingsSaved';
      readonly clocks: readonly ShownClock[];
      readonly calendars: readonly NamedCalendar[];
    }
  | ({ readonly __typename: 'SlaSettingsRefused' } & InputRefusal);

interface Change {
  readonly action: string;
  readonly subject: string;
  readonly input: object;
  /** Where in the input a calendar is named that is not there, or still needed. */
  readonly pointer: string;
  /** Gives what there was nothing of to change. */
  readonly make: () => Promise<string | undefined>;
}

/** How long steps may take, and when people work. */
@Resolver()
@Scopes('policies:read')
export class SlaSettingsQueryResolver {
  constructor(private readonly settings: SlaSettings) {}

  @Query('slaClocks')
  async slaClocks(_: unknown, __: unknown, { principal }: OperationContext): Promise<readonly ShownClock[]> {
    requireHouse(principal, FOR_THE_HOUSE);
    return clocksWithStandard(await this.settings.clocks());
  }

  @Query('businessCalendars')
  async businessCalendars(_: unknown, __: unknown, { principal }: OperationContext): Promise<readonly NamedCalendar[]> {
    requireHouse(principal, FOR_THE_HOUSE);
    return this.settings.calendars();
  }
}

@Resolver()
@Scopes('policies:write')
export class SlaSettingsResolver {
  constructor(
    private readonly settings: SlaSettings,
    private readonly catalog: Catalog,
    @Inject(PG_POOL) private readonly pool: Pool,
  ) {}

  @Mutation('saveSlaClock')
  async saveSlaClock(
    _: unknown,
    { input }: { readonly input: unknown },
    context: OperationContext,
  ): Promise<SlaSettingsResult> {
    requireHouse(context.principal, FOR_THE_HOUSE);
    const read = readSlaClock(input);
    if ('refusal' in read) return refused(read.refusal);
    const clock = read.value;
    if (clock.channel !== EVERY_CHANNEL && (await this.catalog.account(clock.channel)) === undefined)
      return refused({ pointer: '/channel', message: `There is no channel account "${clock.channel}".` });
    const subject = `${clock.channel}/${clock.stage}`;
    const make = async (): Promise<undefined> => {
      await this.settings.saveClock(clock);
    };
    return this.change(context, { action: 'SAVE_SLA_CLOCK', subject, input: clock, pointer: '/calendar', make });
  }

  @Mutation('removeSlaClock')
  async removeSlaClock(
    _: unknown,
    { channel, stage }: { readonly channel: string; readonly stage: SlaStage },
    context: OperationContext,
  ): Promise<SlaSettingsResult> {
    requireHouse(context.principal, FOR_THE_HOUSE);
    const make = async (): Promise<string | undefined> =>
      (await this.settings.removeClock(channel, stage)) ? undefined : `"${channel}" has no clock of its own there.`;
    const subject = `${channel}/${stage}`;
    return this.change(context, { action: 'REMOVE_SLA_CLOCK', subject, input: {}, pointer: '', make });
  }

  @Mutation('saveBusinessCalendar')
  async saveBusinessCalendar(
    _: unknown,
    { input }: { readonly input: unknown },
    context: OperationContext,
  ): Promise<SlaSettingsResult> {
    requireHouse(context.principal, FOR_THE_HOUSE);
    const read = readCalendar(input);
    if ('refusal' in read) return refused(read.refusal);
    const calendar = read.value;
    const make = async (): Promise<undefined> => {
      await this.settings.saveCalendar(calendar);
    };
    const change = { action: 'SAVE_CALENDAR', subject: calendar.id, input: calendar, pointer: '', make };
    return this.change(context, change);
  }

  @Mutation('removeBusinessCalendar')
  async removeBusinessCalendar(
    _: unknown,
    { id }: { readonly id: string },
    context: OperationContext,
  ): Promise<SlaSettingsResult> {
    requireHouse(context.principal, FOR_THE_HOUSE);
    const make = async (): Promise<string | undefined> =>
      (await this.settings.removeCalendar(id)) ? undefined : `There is no calendar "${id}".`;
    return this.change(context, { action: 'REMOVE_CALENDAR', subject: id, input: {}, pointer: '/id', make });
  }

  private async change({ principal }: OperationContext, change: Change): Promise<SlaSettingsResult> {
    const { action, subject: subjectId, input, pointer, make } = change;
    const missing = await make().catch((error: unknown) => {
      if (error instanceof UnknownCalendarError) return sentence(error.message);
      throw error;
    });
    const outcome = missing === undefined ? 'DONE' : 'REFUSED';
    const entry = { actor: principal.subject, action, subjectType: 'sla', subjectId, input, outcome };
    await recordAudit(this.pool, entry);
    if (missing !== undefined) return refused({ pointer, message: missing });
    const [clocks, calendars] = await Promise.all([this.settings.clocks(), this.settings.calendars()]);
    return { __typename: 'SlaSettingsSaved', clocks: clocksWithStandard(clocks), calendars };
  }
}

/** Those of the installation, and of each step that it says nothing of for every channel the standard one. */
function clocksWithStandard(own: readonly SlaClockSetting[]): readonly ShownClock[] {
  const said = new Set(own.flatMap(({ channel, stage }) => (channel === EVERY_CHANNEL ? [stage] : [])));
  const standard = SLA_CLOCKS.filter(({ stage }) => !said.has(stage));
  return [
    ...standard.map(({ stage, minutes }) => ({
      channel: EVERY_CHANNEL,
      stage,
      minutes,
      warnMinutes: warnMinutesOf(minutes),
      changed: false,
    })),
    ...own.map((clock) => ({ ...clock, changed: true })),
  ];
}

function refused(refusal: InputRefusal): SlaSettingsResult {
  return { __typename: 'SlaSettingsRefused', ...refusal };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
