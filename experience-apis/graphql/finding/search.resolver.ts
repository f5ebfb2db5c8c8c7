import { Query, Resolver } from '@nestjs/graphql';
import type { ItemRecord } from '../../../process-apis/catalog/index.js';
import {
  OrderReader,
  SEARCH_HITS_MAX,
  SearchTextError,
  type SearchHit,
  type SearchKind,
} from '../../../process-apis/orders/index.js';
import type { Order } from '../../../src/model/order.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { ifVisible } from '../channel-sight.js';
import { badInput } from '../graphql-errors.js';
import { checkPageSize } from '../list-page.js';
import type { OperationContext } from '../operation-context.js';

/** What stands behind `Item`. */
const ITEM_SCOPE = 'stock:read';

type Subject = (Order & { readonly __typename: 'Order' }) | (ItemRecord & { readonly __typename: 'Item' });

interface ShownHit extends Omit<SearchHit, 'subject'> {
  readonly subject: Subject;
}

interface SearchResult {
  readonly hits: readonly ShownHit[];
  readonly more: boolean;
  readonly kindsTried: readonly SearchKind[];
}

@Resolver()
@Scopes('orders:read')
export class SearchResolver {
  constructor(private readonly reader: OrderReader) {}

  @Query('search')
  async search(
    _: unknown,
    { text, first }: { readonly text: string; readonly first: number },
    { principal, records }: OperationContext,
  ): Promise<SearchResult> {
    checkPageSize(first, SEARCH_HITS_MAX);
    const { channel, scopes } = principal;
    const items = channel === undefined && scopes.has(ITEM_SCOPE);
    const request = { text, first, items, ...(channel === undefined ? {} : { channel }) };
    const { hits, more, kindsTried } = await this.reader.search(request).catch((error: unknown) => {
      throw error instanceof SearchTextError ? badInput(error.message) : error;
    });
    const orders = await this.reader.byIds(
      hits.flatMap(({ subject }) => ('orderId' in subject ? subject.orderId : [])),
    );
    const shown = await Promise.all(
      hits.map(async ({ subject, ...hit }): Promise<readonly ShownHit[]> => {
        const found =
          'sku' in subject
            ? itemOf(await records.items.item.load(subject.sku))
            : orderOf(ifVisible(principal, orders.get(subject.orderId)));
        return found === undefined ? [] : [{ ...hit, subject: found }];
      }),
    );
    return { hits: shown.flat(), more, kindsTried };
  }
}

function orderOf(order: Order | undefined): Subject | undefined {
  return order === undefined ? undefined : { ...order, __typename: 'Order' };
}

function itemOf(item: ItemRecord | undefined): Subject | undefined {
  return item === undefined ? undefined : { ...item, __typename: 'Item' };
}
