export { Broadcasts, type BroadcastCounts } from './broadcasts.js';
export { GraphqlModule } from './graphql.module.js';
