import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { requireHouse } from '../channel-sight.js';
import type { OperationContext } from '../operation-context.js';
import {
  EXCEPTIONS_READ,
  FOR_THE_HOUSE,
  isOfHouseWith,
  OPERATIONS_READ,
  POLICIES_READ,
  STOCK_READ,
} from './record-access.js';
import type { ChannelView } from './record-loaders.js';
import type { SystemView, TaskBacklogView } from './system-view.js';

/** A system's channels lead to the system again: priced as so many, they cannot be followed in circles. */
export const CHANNELS_PRICED = 50;

@Resolver()
@Scopes(POLICIES_READ)
export class SystemQueryResolver {
  @Query('systems')
  systems(_: unknown, _none: unknown, { principal, records }: OperationContext): Promise<readonly SystemView[]> {
    requireHouse(principal, FOR_THE_HOUSE);
    return records.systems();
  }

  @Query('system')
  async system(
    _: unknown,
    { name }: { readonly name: string },
    { principal, records }: OperationContext,
  ): Promise<SystemView | undefined> {
    requireHouse(principal, FOR_THE_HOUSE);
    return (await records.systems()).find((system) => system.name === name);
  }
}

@Resolver('System')
export class SystemFieldsResolver {
  @ResolveField('backlog')
  backlog({ waiting }: SystemView, _: unknown, { principal }: OperationContext): readonly TaskBacklogView[] {
    return isOfHouseWith(principal, OPERATIONS_READ) ? waiting : [];
  }

  @ResolveField('channels')
  async channels({ name }: SystemView, _: unknown, context: OperationContext): Promise<readonly ChannelView[]> {
    return isOfHouseWith(context.principal, STOCK_READ) ? channelsOf(name, context) : [];
  }

  @ResolveField('lastMessageAt')
  async lastMessageAt({ name }: SystemView, _: unknown, context: OperationContext): Promise<string | undefined> {
    const sources = [name, ...(await channelsOf(name, context)).map(({ account }) => account.id)];
    const last = await Promise.all(sources.map((source) => context.records.lastMessage.load(source)));
    return last
      .flatMap((at) => at ?? [])
      .toSorted()
      .at(-1);
  }

  @ResolveField('openExceptions')
  async openExceptions({ name }: SystemView, _: unknown, context: OperationContext): Promise<number | undefined> {
    if (!context.principal.scopes.has(EXCEPTIONS_READ)) return undefined;
    const channels = new Set((await channelsOf(name, context)).map(({ account }) => account.id));
    const about = (await context.records.openExceptions()).filter(
      ({ scope, system }) => system === name || channels.has(scope),
    );
    return about.reduce((sum, { open }) => sum + open, 0);
  }
}

async function channelsOf(name: string, { records }: OperationContext): Promise<readonly ChannelView[]> {
  return (await records.channels()).filter(({ account }) => account.kind === name);
}
