import type { ItemQuery } from '../../generated/graphql.js';

export type Item = NonNullable<ItemQuery['item']>;
export type ItemPosition = Item['positions'][number];
