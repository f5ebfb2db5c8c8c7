export * from './actions.js';
export { nameOf } from './order-facts.js';
export type { MessageDesk } from './message-desk.js';
export { MessageRegister } from './message-register.js';
export { StoredMessageDesk } from './stored-message-desk.js';
export { OrderRegister } from './order-register.js';
export { Resolution, type ResolutionParts } from './resolution.js';
export { DriftRegister } from './drift-register.js';
export { EvidenceReader, SHOWN_CHARS_MAX, type Evidence, type EvidenceParts } from './evidence.js';
