import type { RoleTable } from '../platform/auth/sign-in/sign-in-settings.js';

const LOOK = ['orders:read', 'exceptions:read', 'availability:read', 'stock:read', 'kpi:read'] as const;
const OPERATE = [...LOOK, 'orders:write', 'exceptions:resolve', 'operations:read', 'availability:explain'] as const;

/**
 * What people in a role may do; who has several may do all of it. Personal data is for those who correct it; any document of
 * the graph is for those who build on it. docs/sign-in.md tells the same in words.
 */
export const ROLES = {
  /** Answers "where is my order?". Sees persons masked. */
  agent: LOOK,
  /** An agent who has to know the person: each look is audited. */
  'agent-pii': [...LOOK, 'pii:read'],
  /** Solves what is stuck: corrects, cancels, holds, decides exceptions. */
  operator: [...OPERATE, 'pii:read'],
  /** Keeps the systems talking: messages, replays, breakers, policies. Sees persons in raw messages alone; each look is recorded. */
  integrator: [
    ...OPERATE,
    'operations:write',
    'policies:read',
    'policies:write',
    'messages:read',
    'replay:run',
    'metrics:read',
    'audit:read',
    'graphql:arbitrary',
    'graphql:introspect',
  ],
  /** Asks whether we are late, and who did what. Changes nothing. */
  manager: [...LOOK, 'operations:read', 'policies:read', 'metrics:read', 'audit:read'],
  /** Everything that people may do. */
  admin: [
    ...OPERATE,
    'pii:read',
    'operations:write',
    'policies:read',
    'policies:write',
    'messages:read',
    'replay:run',
    'metrics:read',
    'audit:read',
    'stock:write',
    'availability:reserve',
    'graphql:arbitrary',
    'graphql:introspect',
  ],
} as const satisfies RoleTable;

export const ROLE_NAMES: readonly string[] = Object.keys(ROLES);
