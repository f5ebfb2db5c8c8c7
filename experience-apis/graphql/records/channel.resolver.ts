import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { ShortagePolicy } from '../../../src/model/channel.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../../src/platform/auth/principal.js';
import type { OperationContext } from '../operation-context.js';
import { globalId } from './global-id.js';
import { EXCEPTIONS_READ, isOfHouseWith, ORDERS_READ, POLICIES_READ, STOCK_READ } from './record-access.js';
import type { ChannelView } from './record-loaders.js';
import type { SystemView } from './system-view.js';

@Resolver()
@Scopes(STOCK_READ)
export class ChannelQueryResolver {
  @Query('channels')
  async channels(
    _: unknown,
    _none: unknown,
    { principal, records }: OperationContext,
  ): Promise<readonly ChannelView[]> {
    return (await records.channels()).filter((channel) => isSeen(principal, channel));
  }

  @Query('channel')
  async channel(
    _: unknown,
    { key }: { readonly key: string },
    { principal, records }: OperationContext,
  ): Promise<ChannelView | undefined> {
    const found = (await records.channels()).find(({ account }) => account.id === key);
    return found !== undefined && isSeen(principal, found) ? found : undefined;
  }
}

/** The settings of an account are not shown: they may name where secrets lie. */
@Resolver('Channel')
export class ChannelFieldsResolver {
  @ResolveField('id')
  id({ account }: ChannelView): string {
    return globalId('Channel', account.id);
  }

  @ResolveField('key')
  key({ account }: ChannelView): string {
    return account.id;
  }

  @ResolveField('name')
  name({ account }: ChannelView): string {
    return account.name;
  }

  @ResolveField('kind')
  kind({ account }: ChannelView): string {
    return account.kind;
  }

  @ResolveField('active')
  active({ account }: ChannelView): boolean {
    return account.active;
  }

  @ResolveField('shortage')
  shortage({ policy }: ChannelView): ShortagePolicy {
    return policy.shortage;
  }

  @ResolveField('tier')
  tier({ policy }: ChannelView): number {
    return policy.tier;
  }

  @ResolveField('preOrder')
  preOrder({ policy }: ChannelView): boolean {
    return policy.preOrder;
  }

  @ResolveField('system')
  async system(
    { account }: ChannelView,
    _: unknown,
    { principal, records }: OperationContext,
  ): Promise<SystemView | undefined> {
    if (!isOfHouseWith(principal, POLICIES_READ)) return undefined;
    return (await records.systems()).find(({ name }) => name === account.kind);
  }

  @ResolveField('lastMessageAt')
  lastMessageAt({ account }: ChannelView, _: unknown, { records }: OperationContext): Promise<string | undefined> {
    return records.lastMessage.load(account.id);
  }

  @ResolveField('lastOrderAt')
  async lastOrderAt(
    { account }: ChannelView,
    _: unknown,
    { principal, records }: OperationContext,
  ): Promise<string | null | undefined> {
    if (!principal.scopes.has(ORDERS_READ)) return undefined;
    return (await records.channelOrders.load(account.id))?.lastPlacedAt;
  }

  @ResolveField('openOrders')
  async openOrders(
    { account }: ChannelView,
    _: unknown,
    { principal, records }: OperationContext,
  ): Promise<number | undefined> {
    if (!principal.scopes.has(ORDERS_READ)) return undefined;
    return (await records.channelOrders.load(account.id))?.open;
  }

  @ResolveField('openExceptions')
  async openExceptions(
    { account }: ChannelView,
    _: unknown,
    { principal, records }: OperationContext,
  ): Promise<number | undefined> {
    if (!principal.scopes.has(EXCEPTIONS_READ)) return undefined;
    const counts = (await records.openExceptions()).filter(({ scope }) => scope === account.id);
    return counts.reduce((sum, { open }) => sum + open, 0);
  }

  @ResolveField('listings')
  async listings({ account }: ChannelView, _: unknown, { records }: OperationContext): Promise<number> {
    return (await records.listingCounts()).get(account.id) ?? 0;
  }
}

/** A caller that is bound to a channel sees that one alone. */
export function isSeen({ channel }: Principal, { account }: ChannelView): boolean {
  return channel === undefined || channel === account.id;
}
