import type { Pool } from 'pg';
import { maskText } from '../crypto/masking.js';
import {
  listTasks,
  listTasksOfSubjects,
  readTasks,
  type TaskFilter,
  type TaskPosition,
  type TaskRecord,
} from './task-record.sql.js';
import type { TaskQueue } from './task-queue.js';

export const TASKS_PAGE_MAX = 100;

/** A task with its place in the list. */
export interface ListedTask extends TaskRecord {
  readonly position: TaskPosition;
}

/** Tasks to look at, those that are done among them. Each method is one statement. What others wrote is masked. */
export class TaskRecords {
  constructor(
    private readonly pool: Pool,
    private readonly queue: Pick<TaskQueue, 'kinds' | 'subjectMember'>,
  ) {}

  /** The latest enqueued first, dead letters by when they were parked, behind `after`; `limit` is at most TASKS_PAGE_MAX + 1. */
  async list(
    { subject, ...filter }: TaskFilter,
    after: TaskPosition | undefined,
    limit: number,
  ): Promise<readonly ListedTask[]> {
    if (limit > TASKS_PAGE_MAX + 1) throw new RangeError(`at most ${TASKS_PAGE_MAX} tasks a page`);
    if (subject !== undefined) {
      const behind = after === undefined ? filter : { ...filter, after };
      return (await this.ofSubjects([subject], limit, behind)).get(subject) ?? [];
    }
    return (await listTasks(this.pool, this.queue.kinds(), filter, after, limit)).map(toListed);
  }

  /** Of each subject the latest enqueued first; subjects without tasks are absent. */
  async ofSubjects(
    subjects: readonly string[],
    perSubject: number,
    filter: Omit<TaskFilter, 'subject'> & { readonly after?: TaskPosition } = {},
  ): Promise<ReadonlyMap<string, readonly ListedTask[]>> {
    const { subjectMember } = this.queue;
    const found = await listTasksOfSubjects(this.pool, subjectMember, subjects, filter, perSubject);
    const bySubject = Map.groupBy(found, ({ subject }) => subject);
    return new Map([...bySubject].map(([subject, tasks]) => [subject, tasks.map(toListed)]));
  }

  /** Unknown ids are absent. */
  async byIds(ids: readonly string[]): Promise<ReadonlyMap<string, TaskRecord>> {
    const found = await readTasks(this.pool, this.queue.kinds(), ids);
    return new Map(found.map((task) => [task.id, masked(task)]));
  }

  /** What a task is about, as its payload says. */
  subjectOf({ payload }: Pick<TaskRecord, 'payload'>): string | undefined {
    const subject = payload[this.queue.subjectMember];
    return typeof subject === 'string' ? subject : undefined;
  }
}

function toListed({ at, ...task }: TaskRecord & { readonly at: string }): ListedTask {
  return { ...masked(task), position: { at, id: task.id } };
}

function masked<Task extends TaskRecord>(task: Task): Task {
  return task.error === null ? task : { ...task, error: maskText(task.error) };
}
