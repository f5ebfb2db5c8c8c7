export { DriftModule } from './drift.module.js';
export { HoldRulesModule } from './hold-rules.module.js';
export { OperationsModule } from './operations.module.js';
export { PoliciesModule } from './policies.module.js';
