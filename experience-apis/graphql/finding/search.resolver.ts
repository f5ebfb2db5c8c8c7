import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  OrderReader,
  SEARCH_HITS_MAX,
  SearchTextError,
  type SearchHit,
  type SearchKind,
} from '../../../process-apis/orders/index.js';
import type { Order } from '../../../src/model/order.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { badInput } from '../graphql-errors.js';
import { checkPageSize } from '../list-page.js';
import type { OperationContext } from '../operation-context.js';

interface ShownHit extends Omit<SearchHit, 'subject'> {
  readonly subject: Order;
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
    { principal }: OperationContext,
  ): Promise<SearchResult> {
    checkPageSize(first, SEARCH_HITS_MAX);
    const { channel } = principal;
    const request = { text, first, items: false, ...(channel === undefined ? {} : { channel }) };
    const { hits, more, kindsTried } = await this.reader.search(request).catch((error: unknown) => {
      throw error instanceof SearchTextError ? badInput(error.message) : error;
    });
    const orders = await this.reader.byIds(
      hits.flatMap(({ subject }) => ('orderId' in subject ? subject.orderId : [])),
    );
    const shown = hits.flatMap(({ subject, ...hit }) => {
      const order = 'orderId' in subject ? orders.get(subject.orderId) : undefined;
      return order === undefined ? [] : { ...hit, subject: order };
    });
    return { hits: shown, more, kindsTried };
  }
}

@Resolver('SearchSubject')
export class SearchSubjectResolver {
  @ResolveField('__resolveType')
  typeOf(): string {
    return 'Order';
  }
}
