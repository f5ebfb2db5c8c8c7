import type { OutsideSystem } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import type { TaskBacklog } from '../../src/platform/jobs/index.js';
import type { Place, Rate } from './flow.sql.js';
import { readJam } from './jams.js';
import { STAGE_OF_TASK, STAGE_TITLES, STAGES, type Stage } from './stages.js';

/** Jams told of one stage. */
const JAMS_MAX = 10;

export interface FlowJam {
  readonly system: OutsideSystem;
  readonly reason: string;
  readonly since: Instant;
  readonly orders: number;
}

export interface FlowStage {
  readonly stage: Stage;
  readonly title: string;
  readonly orders: number;
  readonly enteredLastMinute: number;
  readonly enteredLastHour: number;
  readonly leftLastMinute: number;
  readonly leftLastHour: number;
  readonly oldestSince?: Instant;
  readonly overdue: number;
  readonly tasksWaiting: number;
  readonly jams: readonly FlowJam[];
}

export interface FlowChannel {
  readonly channel: string;
  readonly name: string;
  readonly acceptedLastMinute: number;
  readonly acceptedLastHour: number;
  readonly openOrders: number;
  readonly lastAcceptedAt?: Instant;
}

export interface Flow {
  readonly asOf: Instant;
  readonly cursor: string;
  readonly stages: readonly FlowStage[];
  readonly channels: readonly FlowChannel[];
}

/** What a picture is made of, over all channels. */
export interface FlowReading {
  readonly asOf: Instant;
  readonly cursor: string;
  readonly places: readonly Place[];
  readonly rates: readonly Rate[];
  readonly tasks: readonly TaskBacklog[];
  readonly names: ReadonlyMap<string, string>;
}

type Work = Pick<TaskBacklog, 'kind' | 'waiting' | 'running' | 'heldBack' | 'oldestReadyAt'>;

/** The picture of one channel, or of all. Tasks are of all channels: one channel's picture has none. Pure. */
export function flowOf(reading: FlowReading, channel: string | undefined): Flow {
  const seen = <T extends { readonly channel: string }>(all: readonly T[]): readonly T[] =>
    channel === undefined ? all : all.filter((one) => one.channel === channel);
  const places = seen(reading.places);
  const rates = seen(reading.rates);
  const tasks = channel === undefined ? reading.tasks : [];
  const { asOf, cursor } = reading;
  return {
    asOf,
    cursor,
    stages: STAGES.map((stage) =>
      stageFlow(stage, {
        places: places.filter((place) => place.stage === stage),
        rates: rates.filter((rate) => rate.stage === stage),
        tasks: tasks.filter(({ kind }) => stageOfTask(kind) === stage),
        asOf,
      }),
    ),
    channels: [...reading.names]
      .filter(([id]) => channel === undefined || id === channel)
      .map(([id, name]) => channelFlow(id, name, reading)),
  };
}

function stageFlow(
  stage: Stage,
  of: {
    readonly asOf: Instant;
    readonly places: readonly Place[];
    readonly rates: readonly Rate[];
    readonly tasks: readonly Work[];
  },
): FlowStage {
  const { places, rates, tasks, asOf } = of;
  const [oldestSince] = places.flatMap((place) => place.oldestSince ?? []).toSorted();
  return {
    stage,
    title: STAGE_TITLES[stage],
    orders: sum(places, ({ orders }) => orders),
    enteredLastMinute: sum(rates, ({ enteredLastMinute }) => enteredLastMinute),
    enteredLastHour: sum(rates, ({ enteredLastHour }) => enteredLastHour),
    leftLastMinute: sum(rates, ({ leftLastMinute }) => leftLastMinute),
    leftLastHour: sum(rates, ({ leftLastHour }) => leftLastHour),
    ...(oldestSince === undefined ? {} : { oldestSince }),
    overdue: sum(places, ({ overdue }) => overdue),
    tasksWaiting: sum(tasks, ({ waiting, running }) => waiting + running),
    jams: [...jamsOfOrders(places), ...jamsOfTasks(tasks, asOf)]
      .toSorted((a, b) => b.orders - a.orders || (a.since < b.since ? -1 : 1))
      .slice(0, JAMS_MAX),
  };
}

function jamsOfOrders(places: readonly Place[]): readonly FlowJam[] {
  const kept = Map.groupBy(
    places.filter(({ jam, jamSince }) => jam !== '' && jamSince !== null),
    ({ jam }) => jam,
  );
  return [...kept].map(([jam, ofJam]) => {
    const [since = ''] = ofJam.flatMap(({ jamSince }) => jamSince ?? []).toSorted();
    return { ...readJam(jam), since, orders: sum(ofJam, ({ orders }) => orders) };
  });
}

/** Work that no process fetches: a pause, an open breaker. */
function jamsOfTasks(tasks: readonly Work[], asOf: Instant): readonly FlowJam[] {
  return tasks.flatMap(({ kind, waiting, heldBack, oldestReadyAt }) => {
    if (heldBack === undefined || waiting === 0) return [];
    return [{ system: systemOfTask(kind), reason: heldBack, since: oldestReadyAt ?? asOf, orders: waiting }];
  });
}

function channelFlow(channel: string, name: string, { places, rates }: FlowReading): FlowChannel {
  const own = places.filter((place) => place.channel === channel);
  const accepted = own.find(({ stage }) => stage === 'NEW');
  const rate = rates.find((one) => one.channel === channel && one.stage === 'NEW');
  const lastAcceptedAt = accepted?.lastAt ?? undefined;
  return {
    channel,
    name,
    acceptedLastMinute: rate?.enteredLastMinute ?? 0,
    acceptedLastHour: rate?.enteredLastHour ?? 0,
    openOrders: sum(own, ({ stage, orders }) => (stage === 'NEW' ? 0 : orders)),
    ...(lastAcceptedAt === undefined ? {} : { lastAcceptedAt }),
  };
}

function stageOfTask(kind: string): Stage | undefined {
  return (STAGE_OF_TASK as Readonly<Record<string, Stage>>)[kind];
}

/** Kinds of tasks are named by whom they lead to. */
function systemOfTask(kind: string): OutsideSystem {
  const [audience = ''] = kind.split('.');
  return audience.toUpperCase() as OutsideSystem;
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
