import { ResolveField, Resolver } from '@nestjs/graphql';
import type { StoredMessage } from '../../../process-apis/intake/index.js';
import { isPointer, LINEAGE_POINTERS_MAX, LINEAGE_VALUES_MAX, originsOf } from '../../../process-apis/orders/index.js';
import type { Order } from '../../../src/model/order.js';
import type { Instant } from '../../../src/model/time.js';
import { missingScope } from '../../../src/platform/auth/bearer.js';
import { maskText } from '../../../src/platform/crypto/masking.js';
import type { LoggedEvent } from '../../../src/platform/event-log/index.js';
import { requireHouse } from '../channel-sight.js';
import { withMaskedTexts } from '../event-view.js';
import { badInput } from '../graphql-errors.js';
import { checkPageSize } from '../list-page.js';
import type { OperationContext } from '../operation-context.js';
import { rebuilt } from './past.js';

interface Lineage {
  readonly pointer: string;
  readonly value: unknown;
  readonly event: LoggedEvent;
  readonly source: string;
  readonly factId: string;
  readonly fact: object | undefined;
  readonly messageId: string | undefined;
  readonly message: StoredMessage | undefined;
  readonly since: Instant;
}

interface LineageArguments {
  readonly pointers?: readonly string[] | null;
  readonly first: number;
}

const READ_SCOPE = 'operations:read';
const FOR_THE_HOUSE =
  'What outside systems told of an order is of the house: a token that is bound to a channel may not.';

@Resolver('Order')
export class LineageResolver {
  @ResolveField('lineage')
  async lineage(
    order: Order,
    { pointers, first }: LineageArguments,
    { finding, principal }: OperationContext,
  ): Promise<readonly Lineage[]> {
    if (!principal.scopes.has(READ_SCOPE)) throw missingScope(READ_SCOPE);
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(first, LINEAGE_VALUES_MAX);
    const origins = originsOf(await rebuilt(finding.history(order)), checkedPointers(pointers), first);
    const events = [...new Map(origins.map(({ event }) => [event.streamVersion, event])).values()];
    const [facts, messages] = await Promise.all([
      finding.bodiesOf([...new Set(events.map(({ factId }) => factId))]),
      finding.messagesOf({ subjects: subjectsOf(order), facts: events }),
    ]);
    return origins.map(({ pointer, value, event }) => {
      const body = facts.get(event.factId);
      const message = messages.get(event.factId);
      return {
        pointer,
        value: typeof value === 'string' ? maskText(value) : value,
        event,
        source: event.source,
        factId: event.factId,
        fact: body === undefined ? undefined : withMaskedTexts(body),
        messageId: message?.id,
        message,
        since: event.occurredAt,
      };
    });
  }
}

function checkedPointers(pointers: readonly string[] | null | undefined): readonly string[] | undefined {
  if (pointers === null || pointers === undefined) return undefined;
  if (pointers.length < 1 || pointers.length > LINEAGE_POINTERS_MAX)
    throw badInput(`"pointers" must be 1 to ${LINEAGE_POINTERS_MAX}, not ${pointers.length}.`);
  const wrong = pointers.find((pointer) => !isPointer(pointer));
  if (wrong !== undefined)
    throw badInput(`"${wrong.slice(0, 64)}" is no JSON Pointer: write it like "/erp/status" or "/lines/0/sku".`);
  return pointers;
}

/** By which names messages are about the order. */
function subjectsOf({ id, channel, reference, fulfillmentOrders }: Order): readonly string[] {
  return [`${channel}/${reference}`, `order/${id}`, ...fulfillmentOrders.map((work) => `fulfillment-order/${work.id}`)];
}
