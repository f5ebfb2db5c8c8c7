export * from './intake.types.js';
export { SqlIntake, UnknownMessageError } from './intake.service.js';
export { insertMessages, listMessages, type MessageStatus, type StoredMessage } from './message.sql.js';
