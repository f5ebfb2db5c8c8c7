export * from './event-cursor.js';
export * from './event-feed.js';
export * from './event-log.sql.js';
export * from './log-consumer.js';
export * from './log-lag.sql.js';
export * from './log-epoch.js';
