import type { WmsReading } from '../wms.port.js';
import { readContract } from './contract-reader.js';
import { WireEventBatch } from './wms-rest-event.wire.js';
import { toFact } from './wms-rest.mapper.js';

/** A kept message of events, read again. Pure. */
export function readKeptMessage(body: Buffer): WmsReading {
  const reading = readContract(WireEventBatch, body);
  switch (reading.outcome) {
    case 'READ':
      return { outcome: 'FACTS', facts: reading.value.events.map(toFact) };
    case 'NOT_JSON':
      return { outcome: 'REFUSED', reason: 'BODY_NOT_READABLE', detail: 'the body is not JSON in UTF-8' };
    case 'MISMATCH':
      return {
        outcome: 'REFUSED',
        reason: 'CONTRACT_MISMATCH',
        detail: reading.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '),
      };
  }
}
