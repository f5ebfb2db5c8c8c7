import { SapFault } from './sap-fault.js';

/** SAP's etag of a document: its last change, as an OData literal. */
export function etagOf(changedAt: string): string {
  return `W/"datetimeoffset'${encodeURIComponent(changedAt)}'"`;
}

/** Refuses a change without If-Match, or with one that is stale. */
export function checkIfMatch(ifMatch: string | undefined, changedAt: string): void {
  if (ifMatch === undefined)
    throw new SapFault(428, '/IWFND/CM_MGW/097', 'The request must contain an If-Match header');
  if (ifMatch !== '*' && ifMatch !== etagOf(changedAt))
    throw new SapFault(412, '/IWFND/CM_MGW/096', 'Precondition failed: the entity was changed meanwhile');
}

/** A `DateTimeOffset` of OData V2 JSON. */
export function jsonInstant(changedAt: string): string {
  return `/Date(${Date.parse(changedAt)}+0000)/`;
}
