import type { SystemQuery } from '../../generated/graphql.js';

export type System = NonNullable<SystemQuery['system']>;
export type Operation = System['operations'][number];
export type Budget = Operation['budgets'][number];
