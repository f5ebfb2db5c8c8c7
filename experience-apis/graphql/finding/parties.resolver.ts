import { ResolveField, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import type { Order } from '../../../src/model/order.js';
import { missingScope } from '../../../src/platform/auth/bearer.js';
import type { OperationContext } from '../operation-context.js';
import { clearParties, maskedParties, type PartiesView } from '../parties-view.js';

export const PII_SCOPE = 'pii:read';

/** Persons stay masked until someone asks for them, may see them, and it is recorded that they did. */
@Resolver('Order')
export class OrderPartiesResolver {
  @ResolveField('parties')
  async parties(
    { id }: Order,
    { reveal }: { readonly reveal: boolean },
    { loaders, finding, principal }: OperationContext,
  ): Promise<PartiesView | undefined> {
    if (!reveal) {
      const parties = await loaders.parties(id);
      return parties === undefined ? undefined : maskedParties(parties);
    }
    if (!principal.scopes.has(PII_SCOPE)) throw missingScope(PII_SCOPE);
    const revealing = finding.reveal(id);
    if (revealing === undefined)
      throw new GraphQLError('Persons are not revealed in a subscription: ask for them with a query.', {
        extensions: { code: 'REVEAL_NOT_LIVE' },
      });
    const parties = await revealing;
    return parties === undefined ? undefined : clearParties(parties);
  }
}
