import type { PositionQuery } from '../../generated/graphql.js';

export type PositionShown = NonNullable<PositionQuery['position']>;
export type Lot = PositionShown['lots'][number];
export type Supply = NonNullable<PositionShown['expectedSupply']>[number];
