import { Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import {
  ALERT_STREAM,
  Alerts,
  alertSentence,
  ALERTS_PAGE_MAX,
  type Alert,
  type AlertCount,
  type AlertFilter,
} from '../../../process-apis/alerts/index.js';
import type { Order } from '../../../src/model/order.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { decodeCursor, encodeCursor, EventFeed, type LoggedEvent } from '../../../src/platform/event-log/index.js';
import { ifVisible, requireHouse, visibleChannel } from '../channel-sight.js';
import type { Given } from '../given.js';
import {
  checkPageSize,
  foreignCursor,
  keyOfCursor,
  toConnection,
  type Connection,
  type PageArguments,
} from '../list-page.js';
import { liveEvents, type LiveStream } from '../live-events.js';
import type { OperationContext } from '../operation-context.js';
import { isUuid } from '../uuid.js';

interface AlertChange {
  readonly cursor: string;
  readonly alert: Alert;
}

@Resolver()
@Scopes('exceptions:read')
export class AlertResolver {
  constructor(
    private readonly alertsOf: Alerts,
    private readonly feed: EventFeed,
  ) {}

  @Query('alerts')
  async alerts(
    _: unknown,
    { filter, ...page }: PageArguments & { readonly filter?: Given<AlertFilter> | null },
    { principal }: OperationContext,
  ): Promise<Connection<Alert>> {
    checkPageSize(page.first, ALERTS_PAGE_MAX);
    const [after] = keyOfCursor(page.after, 1) ?? [];
    if (after !== undefined && !isUuid(after)) throw foreignCursor();
    const orderId = filter?.orderId ?? undefined;
    if (orderId !== undefined && !isUuid(orderId)) return toConnection<Alert>([], page, ({ id }) => [id]);
    const channel = visibleChannel(principal, filter?.channel);
    const wanted = {
      ...(filter?.states ? { states: filter.states } : {}),
      ...(filter?.stages ? { stages: filter.stages } : {}),
      ...(orderId === undefined ? {} : { orderId }),
      ...(channel === undefined ? {} : { channel }),
    };
    return toConnection(await this.alertsOf.list(wanted, after, page.first + 1), page, ({ id }) => [id]);
  }

  @Query('alertCounts')
  alertCounts(_: unknown, __: unknown, { principal }: OperationContext): Promise<readonly AlertCount[]> {
    requireHouse(principal, 'These counts are of all channels: a token that is bound to one may list its own alerts.');
    return this.alertsOf.counts();
  }

  @Subscription('alertChanged')
  alertChanged(
    _: unknown,
    { channel, after }: { readonly channel?: string | null; readonly after?: string | null },
    { principal }: OperationContext,
  ): LiveStream<{ readonly alertChanged: AlertChange }> {
    const scope = visibleChannel(principal, channel);
    const request = {
      filter: { streamType: ALERT_STREAM, ...(scope === undefined ? {} : { scope }) },
      after: typeof after === 'string' ? decodeCursor(after) : undefined,
    };
    return liveEvents(this.feed, request, (event) => ({
      alertChanged: { cursor: encodeCursor(event.cursor), alert: alertOf(event) },
    }));
  }
}

/** Each event tells the whole alert. Written by the alerts alone, from this type. */
function alertOf({ streamId, streamVersion, data }: LoggedEvent): Alert {
  return { ...(data as Omit<Alert, 'id' | 'version'>), id: streamId, version: streamVersion };
}

@Resolver('Alert')
export class AlertFieldsResolver {
  @ResolveField('sentence')
  sentence(alert: Alert): string {
    return alertSentence(alert);
  }

  @ResolveField('order')
  async order({ orderId }: Alert, _: unknown, { exceptions, principal }: OperationContext): Promise<Order | undefined> {
    return principal.scopes.has('orders:read') ? ifVisible(principal, await exceptions.order(orderId)) : undefined;
  }
}
