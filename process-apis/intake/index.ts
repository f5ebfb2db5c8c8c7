export * from './intake.types.js';
export { SqlIntake } from './intake.service.js';
export { failedInside, isFault } from './fault.js';
export { KEPT_FACT, KeptFacts, keptFacts, keepNotTaken, type NotTaken } from './kept-facts.js';
export {
  findMessages,
  insertMessages,
  listMessages,
  type MessageFilter,
  type MessageRow,
  type MessageStatus,
  type StoredMessage,
} from './message.sql.js';
export {
  subjectOf,
  subjectsOf,
  verdictOf,
  type MessageSource,
  type StoredReading,
  type TakenFacts,
  type Verdict,
} from './stored-message.js';
export {
  messageAad,
  StoredMessages,
  UnknownMessageError,
  type PreviewedMessage,
  type Reprocessed,
  type StoredMessagesParts,
} from './stored-messages.js';
export { findMessagesOfFacts, type FactsAbout, type TakenFact } from './message-of-fact.sql.js';
export { MESSAGES_PAGE_MAX, pageMessages, readLastMessages, type MessageListFilter } from './message-pages.sql.js';
export {
  dismissMessages,
  findMessagesAbout,
  findTroubledMessages,
  readMessagesWithoutBody,
  readSealedMessages,
  type TroublePosition,
} from './message-troubles.sql.js';
export { RECEIVED_ORDERS_MAX, ReceivedOrders } from './received-orders.js';
