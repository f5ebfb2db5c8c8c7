export * from './fact.sql.js';
export * from './fact-record.sql.js';
export * from './group-commit.js';
export * from './transaction.js';
export * from './told-fact.sql.js';
