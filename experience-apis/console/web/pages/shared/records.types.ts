import type { MessagesQuery, TasksQuery } from '../../generated/graphql.js';

export type Task = TasksQuery['tasks']['edges'][number]['node'];
export type Message = MessagesQuery['messages']['edges'][number]['node'];
