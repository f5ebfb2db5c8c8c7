import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { Optional } from '@nestjs/common';
import { Plugin } from '@nestjs/apollo';
import type { Histogram } from 'prom-client';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { namesDocument } from './trusted-documents.js';

/** Seconds. */
const OPERATION_BUCKETS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Anybody may call an operation of his own what he likes. */
const ARBITRARY = 'arbitrary';

/** Rate, errors and durations of operations over HTTP: by their names where the documents are trusted ones. */
@Plugin()
export class OperationMetricsPlugin implements ApolloServerPlugin {
  private readonly seconds: Histogram | undefined;

  constructor(@Optional() metrics?: Metrics) {
    this.seconds = metrics?.histogram(
      'graphql_operation_seconds',
      'How long operations over HTTP took; the outcome is ok, or errors where at least one was told.',
      ['type', 'name', 'outcome'],
      OPERATION_BUCKETS,
    );
  }

  async requestDidStart({
    request,
  }: GraphQLRequestContext<object>): ReturnType<NonNullable<ApolloServerPlugin['requestDidStart']>> {
    const { seconds } = this;
    if (seconds === undefined) return undefined;
    const startedAt = performance.now();
    const isTrusted = namesDocument(request.http?.body);
    return {
      willSendResponse: async ({ operation, operationName, response: { body } }) => {
        const { errors = [] } = body.kind === 'single' ? body.singleResult : body.initialResult;
        const labels = {
          type: operation?.operation ?? 'none',
          name: isTrusted && operation !== undefined ? (operationName ?? 'unnamed') : ARBITRARY,
          outcome: errors.length === 0 ? 'ok' : 'errors',
        };
        seconds.observe(labels, (performance.now() - startedAt) / 1_000);
      },
    };
  }
}
