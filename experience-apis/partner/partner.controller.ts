import { Body, Controller, Get, Headers, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Catalog } from '../../process-apis/catalog/index.js';
import { OrderReader } from '../../process-apis/orders/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { Order } from '../../src/model/order.js';
import { Caller, OpenToChannels, Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { requireChannel, unknownChannel } from '../../src/platform/auth/require-channel.js';
import {
  orderAnswer,
  shipmentsAnswer,
  type CancellationReceipt,
  type OrderAnswer,
  type OrderReceipt,
  type ShipmentsAnswer,
} from './partner.answers.js';
import { PARTNER } from './partner.connector.js';
import { PartnerInbox, type PartnerRequest, type Taken } from './partner.inbox.js';
import { unknownOrder } from './partner.problems.js';
import { idempotencyKey, isReference, requireJson } from './partner.requests.js';

const READ = 'orders:read';
const WRITE = 'orders:write';

type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** Orders of partners in the hub's own JSON. The contract is schema/openapi/partner.yaml. */
@Controller('channels/:account/v1/orders')
@OpenToChannels()
export class PartnerController {
  constructor(
    private readonly catalog: Catalog,
    private readonly orders: OrderReader,
    private readonly inbox: PartnerInbox,
  ) {}

  @Post()
  @Scopes(WRITE)
  async place(
    @Caller() caller: Principal,
    @Param('account') accountId: string,
    @Headers() headers: RequestHeaders,
    @Body() body: Buffer,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderReceipt> {
    const request = await this.requestOf(caller, accountId, headers, body);
    const taken = await this.inbox.placeOrder(request);
    void reply.status(taken.created ? 201 : 200).header('location', taken.receipt.links.order);
    return receipt(taken, reply);
  }

  @Post(':reference/cancellations')
  @Scopes(WRITE)
  async cancel(
    @Caller() caller: Principal,
    @Param() { account, reference }: { readonly account: string; readonly reference: string },
    @Headers() headers: RequestHeaders,
    @Body() body: Buffer,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CancellationReceipt> {
    const request = await this.requestOf(caller, account, headers, body);
    if (!isReference(reference)) throw unknownOrder(reference);
    const taken = await this.inbox.cancel(request, reference);
    void reply.status(202);
    return receipt(taken, reply);
  }

  @Get(':reference')
  @Scopes(READ)
  async order(
    @Caller() caller: Principal,
    @Param('account') accountId: string,
    @Param('reference') reference: string,
  ): Promise<OrderAnswer> {
    return orderAnswer(await this.orderOf(caller, accountId, reference));
  }

  @Get(':reference/shipments')
  @Scopes(READ)
  async shipments(
    @Caller() caller: Principal,
    @Param('account') accountId: string,
    @Param('reference') reference: string,
  ): Promise<ShipmentsAnswer> {
    return shipmentsAnswer(await this.orderOf(caller, accountId, reference));
  }

  private async requestOf(
    caller: Principal,
    accountId: string,
    headers: RequestHeaders,
    body: Buffer,
  ): Promise<PartnerRequest> {
    const account = await this.accountOf(caller, accountId);
    requireJson(headers['content-type']);
    return { account, body, idempotencyKey: idempotencyKey(headers['idempotency-key']) };
  }

  private async orderOf(caller: Principal, accountId: string, reference: string): Promise<Order> {
    const account = await this.accountOf(caller, accountId);
    const order = isReference(reference) ? await this.orders.byReference(account.id, reference) : undefined;
    if (order === undefined) throw unknownOrder(reference);
    return order;
  }

  private async accountOf(caller: Principal, id: string): Promise<ChannelAccount> {
    requireChannel(caller, id);
    const account = await this.catalog.account(id);
    if (account === undefined || account.kind !== PARTNER || !account.active) throw unknownChannel(id);
    return account;
  }
}

function receipt<Receipt>({ receipt: answer, replayed }: Taken<Receipt>, reply: FastifyReply): Receipt {
  if (replayed) void reply.header('idempotency-replayed', 'true');
  return answer;
}
