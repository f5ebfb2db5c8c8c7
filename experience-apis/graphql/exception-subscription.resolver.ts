import { ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { EXCEPTION_STREAM, type ExceptionEvent, type ExceptionRecord } from '../../process-apis/exceptions/index.js';
import type { ExceptionCategory, OwnerRole } from '../../src/model/exception.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import { decodeCursor, encodeCursor, EventFeed, type LoggedEvent } from '../../src/platform/event-log/index.js';
import { visibleChannel } from './channel-sight.js';
import { exceptionEventView } from './exception-view.js';
import { liveEvents, type LiveStream } from './live-events.js';
import type { OperationContext } from './operation-context.js';

interface StreamArguments {
  readonly categories?: readonly ExceptionCategory[] | null;
  readonly owners?: readonly OwnerRole[] | null;
  readonly channel?: string | null;
  readonly after?: string | null;
}

/** Behind `ExceptionChange`; the exception is loaded only when it is asked for. */
interface ChangePayload {
  readonly cursor: string;
  readonly logged: LoggedEvent;
}

@Resolver()
@Scopes('exceptions:read')
export class ExceptionSubscriptionResolver {
  constructor(private readonly feed: EventFeed) {}

  @Subscription('exceptionChanged')
  exceptionChanged(
    _: unknown,
    { categories, owners, channel, after }: StreamArguments,
    { principal }: OperationContext,
  ): LiveStream<{ readonly exceptionChanged: ChangePayload }> {
    const scope = visibleChannel(principal, channel);
    const request = {
      filter: { streamType: EXCEPTION_STREAM, ...(scope === undefined ? {} : { scope }) },
      after: typeof after === 'string' ? decodeCursor(after) : undefined,
      accepts: ({ data }: LoggedEvent): boolean => {
        // Written by the register alone, from this type.
        const event = data as Pick<ExceptionEvent, 'category' | 'owner'>;
        return (categories?.includes(event.category) ?? true) && (owners?.includes(event.owner) ?? true);
      },
    };
    return liveEvents(this.feed, request, (logged) => ({
      exceptionChanged: { cursor: encodeCursor(logged.cursor), logged },
    }));
  }
}

@Resolver('ExceptionChange')
export class ExceptionChangeFieldsResolver {
  @ResolveField('event')
  event({ logged }: ChangePayload): object {
    return exceptionEventView(logged);
  }

  @ResolveField('exception')
  exception(
    { logged }: ChangePayload,
    _: unknown,
    { exceptions }: OperationContext,
  ): Promise<ExceptionRecord | undefined> {
    return exceptions.exception(logged.streamId);
  }
}
