import { randomUUIDv7 } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Principal } from '../../src/platform/auth/principal.js';
import { SlowConsumerError } from '../../src/platform/event-log/index.js';
import { withCorrelation } from '../../src/platform/telemetry/correlation.js';
import { BroadcastGroup, type Render } from './broadcast-group.js';
import { groupKey, sharedPrincipal } from './broadcast-key.js';
import { ErrorFormatter, rootCause } from './graphql-errors.js';
import { LiveStream } from './live-events.js';
import { LiveSubscriber, type SubscriberEnd } from './live-subscriber.js';
import { OperationContexts } from './operation-context.js';
import type { SubscriptionOutlet } from './subscription-outlet.js';

/** A subscription as it came over a socket: valid, and its caller known. */
export interface LiveOperation extends Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'> {
  /** The document's text. */
  readonly source: string;
  readonly principal: Principal;
  readonly correlationId: string;
  /** The client's name for the subscription. */
  readonly id: string;
  readonly outlet: SubscriptionOutlet;
}

/** What goes on now, and what has been done since the start. */
export interface BroadcastCounts {
  readonly subscribers: number;
  readonly groups: number;
  /** Messages that were made, each by one execution and one serialisation, for however many subscribers. */
  readonly made: number;
}

/**
 * The subscriptions of the process: those that are told the same share its making. What is done for one subscriber has the
 * correlation id of its connection; what is done for a group has one of the group's own.
 */
@Injectable()
export class Broadcasts {
  private readonly logger = new Logger(Broadcasts.name);
  private readonly groups = new Map<string, BroadcastGroup>();
  private readonly errors = new ErrorFormatter();
  private subscribers = 0;
  private made = 0;

  constructor(private readonly contexts: OperationContexts) {}

  get counts(): BroadcastCounts {
    return { subscribers: this.subscribers, groups: this.groups.size, made: this.made };
  }

  /**
   * Begins a subscription. Its messages go straight to the outlet; what is given back yields nothing and lasts as long
   * as the subscription does. An execution result refuses it.
   */
  subscribe(operation: LiveOperation): Promise<AsyncGenerator<never, void, undefined> | ExecutionResult> {
    return withCorrelation(operation.correlationId, () => this.begin(operation));
  }

  private async begin(operation: LiveOperation): Promise<AsyncGenerator<never, void, undefined> | ExecutionResult> {
    const { schema, document, operationName, variableValues, principal, correlationId } = operation;
    const contextValue = this.contexts.forSubscription(principal, correlationId);
    const stream = await createSourceEventStream({ schema, document, operationName, variableValues, contextValue });
    if (stream instanceof LiveStream) return this.join(operation, stream);
    if (Symbol.asyncIterator in stream) throw new Error('a subscription must give a live stream');
    return stream;
  }

  private join(operation: LiveOperation, stream: LiveStream): AsyncGenerator<never, void, undefined> {
    const key = groupKey(operation);
    const known = this.groups.get(key);
    const group = known === undefined || known.isOver ? this.open(key, stream, operation) : known;
    const subscriber = new LiveSubscriber(operation.id, operation.outlet, stream.telling.kind === 'STATE');
    this.subscribers += 1;
    void group.join(subscriber, stream.request.after);
    return lifeOf(subscriber, (end) => {
      this.subscribers -= 1;
      this.noteSlow(end);
      group.leave(subscriber);
      if (group.isOver && this.groups.get(key) === group) this.groups.delete(key);
    });
  }

  private open(key: string, stream: LiveStream, operation: LiveOperation): BroadcastGroup {
    // Whoever shares a message shares the id that leads to its making.
    const correlationId = randomUUIDv7();
    const render = this.renderer(operation, correlationId);
    const group = withCorrelation(correlationId, () => new BroadcastGroup(stream, render));
    this.groups.set(key, group);
    return group;
  }

  private noteSlow(end: SubscriberEnd): void {
    const cause = end === 'LEFT' ? undefined : rootCause(end.error);
    if (cause instanceof SlowConsumerError) this.logger.log(cause.message);
  }

  private renderer(operation: LiveOperation, correlationId: string): Render {
    const { schema, document, operationName, variableValues } = operation;
    const principal = sharedPrincipal(operation.principal);
    return (rootValue) =>
      withCorrelation(correlationId, async () => {
        // Its own for each message: loaders remember what they read.
        const contextValue = this.contexts.forSubscription(principal, correlationId);
        const args = { schema, document, operationName, variableValues, rootValue, contextValue };
        const { data, errors } = await execute(args);
        this.made += 1;
        const told = errors?.map((error) => this.errors.format(error, correlationId));
        return JSON.stringify(told === undefined ? { data } : { data, errors: told });
      });
  }
}

/** Yields nothing; ends or fails with the subscriber. Left at once when the client leaves. */
function lifeOf(
  subscriber: LiveSubscriber,
  onEnd: (end: SubscriberEnd) => void,
): AsyncGenerator<never, void, undefined> {
  const life = untilEnd(subscriber);
  // A generator that waits cannot be returned from before what it waits for comes.
  const end = life.return.bind(life);
  life.return = (value) => {
    subscriber.leave();
    return end(value);
  };
  void subscriber.ended.then(onEnd);
  return life;
}

// eslint-disable-next-line require-yield -- the transport asks for a generator
async function* untilEnd({ ended }: LiveSubscriber): AsyncGenerator<never, void, undefined> {
  const end = await ended;
  if (end !== 'LEFT') throw end.error;
}
