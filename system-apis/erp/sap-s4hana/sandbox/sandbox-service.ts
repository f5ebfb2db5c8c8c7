import type { Entity } from './entity-check.js';
import type { ODataAddress } from './odata-request.js';

export interface SandboxAnswer {
  readonly status: number;
  readonly body?: object;
}

export interface WriteRequest {
  readonly address: ODataAddress;
  readonly body: Entity;
  readonly ifMatch: string | undefined;
}

/** One OData service of the sandbox. Refusals are thrown as SapFault. */
export interface SandboxService {
  read(address: ODataAddress): SandboxAnswer;
  /** A new entity, or a function import. */
  post(request: WriteRequest): SandboxAnswer;
  patch(request: WriteRequest): SandboxAnswer;
}
