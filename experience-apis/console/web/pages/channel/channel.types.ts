import type { ChannelPageQuery } from '../../generated/graphql.js';

export type Channel = NonNullable<ChannelPageQuery['channel']>;
