import { ResolveField, Resolver } from '@nestjs/graphql';
import type { CheckedItem } from '../../../process-apis/availability/index.js';
import type { ToldAsOf } from '../../../process-apis/publishing/index.js';
import type { Instant } from '../../../src/model/time.js';
import type { OperationContext } from '../operation-context.js';

/** An answer about an item, with what it was asked for: by which channel, as of when. */
export interface AskedItem extends CheckedItem {
  readonly channel: string;
  readonly asOf: Instant;
}

@Resolver('ItemAvailability')
export class ToldResolver {
  @ResolveField('told')
  told(
    { channel, listingSku, asOf }: AskedItem,
    _: unknown,
    { finding }: OperationContext,
  ): Promise<ToldAsOf | undefined> | undefined {
    return listingSku === undefined ? undefined : finding.told({ channel, listingSku, asOf });
  }
}
