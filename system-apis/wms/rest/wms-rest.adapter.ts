import { Injectable } from '@nestjs/common';
import { OutsideError } from '../../../src/platform/outside/outside-error.js';
import {
  WMS_RELEASE_MAX,
  type CancelFulfillment,
  type CancelResult,
  type ReleaseFulfillment,
  type ReleaseResult,
  type StockPage,
  type WmsFact,
  type WmsPort,
} from '../wms.port.js';
import { WmsRestClient } from './wms-rest.client.js';
import { WMS_REST_SYSTEM } from './wms-rest.policies.js';
import { toStockPage } from './wms-rest-stock.mapper.js';
import { toCancelResult, toFact, toReleaseResult, toWireRelease } from './wms-rest.mapper.js';

/** The contract limits the reason; the rest of a longer one is of no use to the warehouse. */
const REASON_CHARS_MAX = 500;
const NOT_FOUND = 404;

/** A warehouse that implements the hub's published contract, schema/openapi/wms.yaml. */
@Injectable()
export class WmsRestAdapter implements WmsPort {
  readonly system = WMS_REST_SYSTEM;

  constructor(private readonly client: WmsRestClient) {}

  async release(commands: readonly ReleaseFulfillment[]): Promise<readonly ReleaseResult[]> {
    if (commands.length > WMS_RELEASE_MAX)
      throw new RangeError(`${commands.length} releases at once, ${WMS_RELEASE_MAX} is the most`);
    if (commands.length === 0) return [];
    const { results } = await this.client.release({ releases: commands.map(toWireRelease) });
    return inOrderOf(
      commands.map((command) => command.fulfillmentOrderId),
      results.map(toReleaseResult),
    );
  }

  async cancel(command: CancelFulfillment): Promise<CancelResult> {
    const reason = command.reason.slice(0, REASON_CHARS_MAX) || 'Cancelled';
    return toCancelResult(await this.client.cancel(command.fulfillmentOrderId, reason));
  }

  async readStock(node: string, next?: string): Promise<StockPage> {
    const page = toStockPage(await this.client.readStock(node, next));
    if (page.node === node) return page;
    throw new OutsideError('contract', `the warehouse gave the stock of another node than ${node}`, {
      system: WMS_REST_SYSTEM,
      operation: 'readStock',
    });
  }

  async readFacts(fulfillmentOrderId: string): Promise<readonly WmsFact[]> {
    try {
      const { events } = await this.client.readReleaseEvents(fulfillmentOrderId);
      return events.map(toFact);
    } catch (error) {
      // A warehouse of an earlier version of the contract does not know the operation: as if it had nothing to tell.
      if (error instanceof OutsideError && error.details.status === NOT_FOUND) return [];
      throw error;
    }
  }
}

/** Each id needs its result; a warehouse that leaves one out has not answered the call. */
function inOrderOf(ids: readonly string[], results: readonly ReleaseResult[]): readonly ReleaseResult[] {
  const byId = new Map(results.map((result) => [result.fulfillmentOrderId, result]));
  return ids.map((id) => {
    const result = byId.get(id);
    if (result !== undefined) return result;
    throw new OutsideError('contract', `the warehouse gave no result for the release ${id}`, {
      system: WMS_REST_SYSTEM,
      operation: 'releaseFulfillments',
      outcomeUnknown: true,
    });
  });
}
