import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { readConsumerLag } from '../event-log/index.js';
import type { TaskQueue } from '../jobs/index.js';
import type { OutsideGate } from '../outside/outside-gate.js';
import type { BreakerState } from '../outside/outside-lane.js';

const PREFIX = 'entrepot_';
/** Consumers of the event log that are told of. */
const CONSUMERS_MAX = 100;
/** Prometheus waits ten seconds for an answer, and takes a process that gave none for one that is down. */
const LOOK_MS_MAX = 4_000;
/** Seconds; outside systems answer within milliseconds or within their time-outs. */
const CALL_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const BREAKER_VALUES: Readonly<Record<BreakerState, number>> = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 };

export interface MetricsParts {
  readonly pool: Pool;
  readonly gate: OutsideGate;
  readonly tasks: TaskQueue;
  /** Submissions that wait in this process's commit queue. */
  readonly commitsWaiting: () => number;
  /** How long an answer waits for figures, in milliseconds; LOOK_MS_MAX when absent. */
  readonly lookMsMax?: number;
}

/** Reads figures that nobody tells, whenever Prometheus asks. */
export interface MetricsLook {
  /** What is read, in a word: the label of `entrepot_metrics_unread`. */
  readonly source: string;
  /** What it sets. They are emptied when the figures cannot be read. */
  readonly gauges: readonly Gauge[];
  /** The answer to Prometheus waits for it, but not for long. One at a time. */
  readonly read: () => Promise<void>;
}

/**
 * What Prometheus reads of this process. Labels are names of the code alone (systems, operations, kinds, outcomes), so their
 * number is bounded. Figures of the database (backlog, dead letters, lag) are the same in each process: take the greatest.
 */
export class Metrics {
  private readonly logger = new Logger(Metrics.name);
  private readonly registry = new Registry();
  private readonly looks: MetricsLook[] = [];
  private readonly underWay = new Map<MetricsLook, Promise<void>>();
  private readonly lookMsMax: number;
  private readonly unread = this.gauge('metrics_unread', '1 while figures of this source cannot be read.', ['source']);

  constructor(parts: MetricsParts) {
    this.lookMsMax = parts.lookMsMax ?? LOOK_MS_MAX;
    collectDefaultMetrics({ register: this.registry, prefix: PREFIX });
    this.outside(parts);
    this.tasks(parts);
    this.log(parts);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The text that Prometheus reads. Without the database, or with one that is slow, it lacks those figures, and says so. */
  async render(): Promise<string> {
    await Promise.all(this.looks.map((look) => this.look(look)));
    return this.registry.metrics();
  }

  /** Figures that another part of the hub has read when Prometheus asks. */
  addLook(look: MetricsLook): void {
    this.looks.push(look);
  }

  /** A gauge of the hub's, `entrepot_<name>`. Labels must be bounded: names of the code, never ids. */
  gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name: `${PREFIX}${name}`, help, labelNames, registers: [this.registry] });
  }

  /** A counter of the hub's, `entrepot_<name>`; the name ends in `_total`. */
  counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name: `${PREFIX}${name}`, help, labelNames, registers: [this.registry] });
  }

  /** A histogram of the hub's, `entrepot_<name>`, in seconds or in counts, as its name says. */
  histogram(name: string, help: string, labelNames: string[], buckets: number[]): Histogram {
    return new Histogram({ name: `${PREFIX}${name}`, help, labelNames, buckets, registers: [this.registry] });
  }

  private async look(look: MetricsLook): Promise<void> {
    const { source, gauges } = look;
    try {
      await this.inTime(this.reading(look));
      this.unread.set({ source }, 0);
    } catch (error) {
      // Nobody shall take old figures for those of now.
      for (const gauge of gauges) gauge.reset();
      this.unread.set({ source }, 1);
      this.logger.warn(`metrics of ${source}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** What is still being read is not read a second time: a database that is slow is not asked more for it. */
  private reading(look: MetricsLook): Promise<void> {
    const reading = this.underWay.get(look) ?? look.read().finally(() => this.underWay.delete(look));
    this.underWay.set(look, reading);
    return reading;
  }

  private async inTime(reading: Promise<void>): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`not read within ${this.lookMsMax} ms`)), this.lookMsMax);
    try {
      await Promise.race([reading, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private outside({ gate }: MetricsParts): void {
    const calls = this.counter(
      'outside_calls_total',
      'Calls to outside systems; outcome is ok, the kind of the error, or held where nothing was sent.',
      ['system', 'operation', 'outcome'],
    );
    const seconds = this.histogram(
      'outside_call_seconds',
      'How long calls to outside systems took, without the wait for their turn.',
      ['system', 'operation'],
      CALL_BUCKETS,
    );
    gate.onCall(({ system, operation, outcome, durationMs }) => {
      calls.inc({ system, operation, outcome });
      if (outcome !== 'held') seconds.observe({ system, operation }, durationMs / 1_000);
    });
    const state = this.gauge('outside_breaker_state', 'Of this process: 0 closed, 1 half open, 2 open.', [
      'system',
      'operation',
    ]);
    const read = (): Promise<void> => {
      for (const { system, operation, state: at } of gate.breakers())
        state.set({ system, operation }, BREAKER_VALUES[at]);
      return Promise.resolve();
    };
    this.looks.push({ source: 'breakers', gauges: [state], read });
  }

  private tasks({ tasks }: MetricsParts): void {
    const settled = this.counter(
      'tasks_settled_total',
      'Tries of tasks by what became of them: done, again (a retry), held (nothing was sent), dead.',
      ['kind', 'outcome'],
    );
    tasks.onSettled(({ kind, outcome }) => settled.inc({ kind, outcome }));
    const labelled = ['kind', 'tier'];
    const waiting = this.gauge('tasks_waiting', 'Tasks that wait.', labelled);
    const running = this.gauge('tasks_running', 'Tasks under way.', labelled);
    const held = this.gauge('tasks_held_back', '1 while this process fetches none of the kind.', labelled);
    const dead = this.gauge('tasks_dead', 'Dead letters.', labelled);
    const oldest = this.gauge(
      'tasks_oldest_seconds',
      'How long the task waits that waits longest and could run.',
      labelled,
    );
    const read = async (): Promise<void> => {
      for (const { kind, tier, oldestReadyAt, ...of } of await tasks.backlog()) {
        const labels = { kind, tier: String(tier) };
        waiting.set(labels, of.waiting);
        running.set(labels, of.running);
        held.set(labels, of.heldBack === undefined ? 0 : 1);
        dead.set(labels, of.deadLetters);
        const age = oldestReadyAt === undefined ? 0 : (Date.now() - Date.parse(oldestReadyAt)) / 1_000;
        oldest.set(labels, Math.max(0, age));
      }
    };
    this.looks.push({ source: 'tasks', gauges: [waiting, running, held, dead, oldest], read });
  }

  private log({ pool, commitsWaiting }: MetricsParts): void {
    const depth = this.gauge('commit_queue_depth', 'Submissions that wait to be committed in this process.');
    const lag = this.gauge('event_log_lag_seconds', 'Age of the oldest event that a consumer has not taken.', [
      'consumer',
    ]);
    const readDepth = (): Promise<void> => {
      depth.set(commitsWaiting());
      return Promise.resolve();
    };
    const readLag = async (): Promise<void> => {
      for (const { consumer, seconds } of await readConsumerLag(pool, CONSUMERS_MAX)) lag.set({ consumer }, seconds);
    };
    this.looks.push(
      { source: 'commits', gauges: [depth], read: readDepth },
      { source: 'event-log', gauges: [lag], read: readLag },
    );
  }
}
