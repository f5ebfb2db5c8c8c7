import { Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  CHANGES_PAGE_MAX,
  ReplayDesk,
  ReplayRefusedError,
  RUNS_PAGE_MAX,
  type ReplayChange,
  type ReplayDetail,
  type ReplayRequest,
  type ReplayRun,
  type ReplaySelection,
} from '../../process-apis/replay/index.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import { requireHouse } from './channel-sight.js';
import type { Given } from './given.js';
import { checkPageSize, keyOfCursor, toConnection, type Connection, type PageArguments } from './list-page.js';
import type { OperationContext } from './operation-context.js';
import { isUuid } from './uuid.js';

interface StartReplayInput extends Pick<ReplayRequest, 'kind' | 'dryRun' | 'perSecond'> {
  readonly selection: Given<Omit<ReplaySelection, 'from' | 'to'>> & {
    readonly from?: Date | null;
    readonly to?: Date | null;
  };
}

type ReplayResult =
  | { readonly __typename: 'ReplayTaken'; readonly run: ReplayRun }
  | { readonly __typename: 'ReplayRefused'; readonly code: string; readonly message: string; readonly pointer: string };

const FOR_THE_HOUSE =
  'Replays are for people who run the hub: a token that is bound to a channel may not ask for them.';

/** What is run again: asked for, followed, stopped. Expected refusals are members of the union, not errors. */
@Resolver()
@Scopes('replay:run')
export class ReplayResolver {
  constructor(private readonly desk: ReplayDesk) {}

  @Query('replayRun')
  async replayRun(
    _: unknown,
    { id }: { readonly id: string },
    { principal }: OperationContext,
  ): Promise<ReplayRun | undefined> {
    requireHouse(principal, FOR_THE_HOUSE);
    return isUuid(id) ? this.desk.find(id) : undefined;
  }

  @Query('replayRuns')
  async replayRuns(_: unknown, page: PageArguments, { principal }: OperationContext): Promise<Connection<ReplayRun>> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(page.first, RUNS_PAGE_MAX);
    const [before] = keyOfCursor(page.after, 1) ?? [];
    const found = await this.desk.runs(before === undefined || isUuid(before) ? before : undefined, page.first + 1);
    return toConnection(found, page, ({ id }) => [id]);
  }

  @Query('replayChanges')
  async replayChanges(
    _: unknown,
    { id, ...page }: PageArguments & { readonly id: string },
    { principal }: OperationContext,
  ): Promise<Connection<ReplayChange>> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(page.first, CHANGES_PAGE_MAX);
    const [after] = keyOfCursor(page.after, 1) ?? [];
    const found = isUuid(id) ? await this.desk.changes(id, after, page.first + 1) : [];
    return toConnection(found, page, ({ subject }) => [subject]);
  }

  @Mutation('startReplay')
  startReplay(
    _: unknown,
    { input }: { readonly input: StartReplayInput },
    { principal }: OperationContext,
  ): Promise<ReplayResult> {
    requireHouse(principal, FOR_THE_HOUSE);
    const { from, to, ...named } = input.selection;
    const given = { ...named, from: from?.toISOString(), to: to?.toISOString() };
    const selection: ReplaySelection = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== null && value !== undefined),
    );
    const { kind, dryRun, perSecond } = input;
    return resultOf(() => this.desk.start({ kind, dryRun, perSecond, selection, actor: principal.subject }), '/input');
  }

  @Mutation('stopReplay')
  stopReplay(_: unknown, { id }: { readonly id: string }, { principal }: OperationContext): Promise<ReplayResult> {
    requireHouse(principal, FOR_THE_HOUSE);
    return resultOf(() => this.desk.stop(checkedId(id), principal.subject));
  }

  @Mutation('resumeReplay')
  resumeReplay(_: unknown, { id }: { readonly id: string }, { principal }: OperationContext): Promise<ReplayResult> {
    requireHouse(principal, FOR_THE_HOUSE);
    return resultOf(() => this.desk.resume(checkedId(id), principal.subject));
  }
}

@Resolver('ReplayChange')
export class ReplayChangeFieldsResolver {
  @ResolveField('what')
  what({ detail }: ReplayChange): string | undefined {
    return detail.what;
  }

  @ResolveField('before')
  before({ detail }: ReplayChange): string | undefined {
    return detail.before;
  }

  @ResolveField('after')
  after({ detail }: ReplayChange): string | undefined {
    return detail.after;
  }

  @ResolveField('reason')
  reason({ detail }: ReplayChange): string | undefined {
    return detail.reason;
  }

  @ResolveField('orders')
  orders({ detail }: ReplayChange): NonNullable<ReplayDetail['orders']> {
    return detail.orders ?? [];
  }

  @ResolveField('tasks')
  tasks({ detail }: ReplayChange): readonly string[] {
    return detail.tasks ?? [];
  }

  @ResolveField('differences')
  differences({ detail }: ReplayChange): NonNullable<ReplayDetail['differences']> {
    return detail.differences ?? [];
  }
}

async function resultOf(asked: () => Promise<ReplayRun>, input = ''): Promise<ReplayResult> {
  try {
    return { __typename: 'ReplayTaken', run: await asked() };
  } catch (error) {
    if (!(error instanceof ReplayRefusedError)) throw error;
    const { code, message, pointer } = error;
    return { __typename: 'ReplayRefused', code, message, pointer: pointer === '' ? '' : `${input}${pointer}` };
  }
}

/** An id that is none names no replay. */
function checkedId(id: string): string {
  return isUuid(id) ? id : '00000000-0000-0000-0000-000000000000';
}
