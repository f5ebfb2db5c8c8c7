import { Contract, type JsonObject } from '../../../test/support/contract.js';

export type { Answer, Json, JsonObject } from '../../../test/support/contract.js';

const contract = new Contract('partner', ['Idempotency-Replayed']);

/** The published contract. */
export const CONTRACT: JsonObject = contract.document;

export const misfits = contract.misfits.bind(contract);
export const answerMisfits = contract.answerMisfits.bind(contract);
export const deref = contract.deref.bind(contract);
