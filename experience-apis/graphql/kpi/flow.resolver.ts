import { Query, Resolver, Subscription } from '@nestjs/graphql';
import { FiguresFeed, FlowReader, type Flow } from '../../../process-apis/kpi/index.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { decodeCursor } from '../../../src/platform/event-log/index.js';
import { visibleChannel } from '../channel-sight.js';
import type { Given } from '../given.js';
import { liveState, type LiveStream } from '../live-events.js';
import type { OperationContext } from '../operation-context.js';

/** A picture is told at most this often. */
const EVERY_MS = 1_000;

@Resolver()
@Scopes('kpi:read')
export class FlowResolver {
  constructor(
    private readonly reader: FlowReader,
    private readonly feed: FiguresFeed,
  ) {}

  @Query('flow')
  flow(_: unknown, { channel }: Given<{ channel: string }>, { principal }: OperationContext): Promise<Flow> {
    return this.reader.now(visibleChannel(principal, channel));
  }

  @Subscription('flowChanged')
  flowChanged(
    _: unknown,
    { channel, after }: Given<{ channel: string; after: string }>,
    { principal }: OperationContext,
  ): LiveStream<{ readonly flowChanged: Flow }> {
    const scope = visibleChannel(principal, channel);
    const request = {
      filter: scope === undefined ? {} : { scope },
      after: typeof after === 'string' ? decodeCursor(after) : undefined,
    };
    return liveState(this.feed, request, {
      everyMs: EVERY_MS,
      read: async () => [{ flowChanged: await this.reader.now(scope) }],
    });
  }
}
