import { HELD_MS_MAX, PRESSURE_BOUNDS, TURN_MS } from '../jobs/index.js';
import type { OperationPolicy } from './operation-policy.js';
import { OUTSIDE_ERRORS } from './outside-error.js';

/** docs/policies.md, made from what adapters declare. */
export function renderPoliciesDoc(policies: readonly OperationPolicy[]): string {
  const systems = [...Map.groupBy(policies, ({ system }) => system)].toSorted(([a], [b]) => a.localeCompare(b));
  return [
    INTRODUCTION,
    ERRORS_TITLE,
    renderTable(
      ['Kind', 'Means', 'Who acts', 'Next'],
      Object.entries(OUTSIDE_ERRORS).map(([kind, { means, owner, next }]) => [`\`${kind}\``, means, owner, next]),
    ),
    OUTCOME_UNKNOWN,
    renderTable(
      ['When', 'these wait', 'until it is at or below'],
      PRESSURE_BOUNDS.map(({ protects, what, enter, leave, unit }) => [
        `${what} ${enter} ${unit}`,
        `tiers after ${protects}`,
        `${leave} ${unit}`,
      ]),
    ),
    `Nothing waits longer than ${HELD_MS_MAX / 1_000} s at once: then everything has a turn of ${TURN_MS / 1_000} s.\n`,
    OPERATIONS_TITLE,
    ...systems.map(([system, operations]) => renderSystem(system, operations)),
  ].join('\n');
}

function renderSystem(system: string, operations: readonly OperationPolicy[]): string {
  const rows = operations.map((policy) => [
    `\`${policy.operation}\``,
    String(policy.tier),
    policy.write ? 'yes' : '',
    `${policy.timeoutMs / 1_000} s`,
    String(policy.concurrencyMax),
    rateSays(policy),
    `${policy.breaker.failures} / ${policy.breaker.openMs / 1_000} s`,
    `${policy.retry.limit} × ${policy.retry.delayS}–${policy.retry.delaySMax} s`,
  ]);
  const sources = [...new Set(operations.map(({ source }) => `- ${source}`))];
  const header = ['Operation', 'Tier', 'Writes', 'Time-out', 'At once', 'Rate', 'Breaker', 'Retries'];
  return `### ${system}\n\n${renderTable(header, rows)}\n${sources.join('\n')}\n`;
}

function rateSays({ rate }: OperationPolicy): string {
  if (rate === undefined) return '';
  const of = rate.of === 'ACCOUNT' ? ' for all of an account' : '';
  return `${rate.perSecond}/s, ${rate.burst} at once${of}`;
}

function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return `${[line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')}\n`;
}

const INTRODUCTION = `# How outside systems are called

Each call is an operation in the vendor's words. Its adapter declares how it is made (\`<vendor>.policies.ts\`), and one gate in each process
enforces it: a call that no policy declares is not made. This file is made from the declarations; a test keeps the two equal.

- **Rate**: token buckets in the table \`rate_budget\`, shared by all processes. Where the vendor tells its own numbers (headers, cost of a
  query, \`Retry-After\`), they hold from then on. A call waits for its token in the process for some seconds at most, else its task waits.
- **At once** and **breaker** are each process's own. A breaker opens on so many failures in a row (no answer, 5xx) and lets one call try
  after its time. While it is open, tasks that lead to the operation are not fetched.
- **Retries** are those of the task that leads to the operation: tries after the first, and the shortest and longest delay between them
  (doubling, with jitter, never sooner than the other side asked for). After the last try the task is a dead letter, listed and done again by hand.
- **Nothing sent, nothing lost**: a call kept back by a pause, an open breaker or a spent budget costs no try, unless an earlier call of the
  same try had its effect: then the next try looks for that first. A pause lets calls under way end, and stops a task before its next call.
- **Nobody holds others back**: tokens are taken one call at a time, so a process that dies keeps none; what it told of its breakers and its
  commit queue counts for a minute. No answer keeps the hub away for more than an hour at once. Changed numbers begin with a closed breaker.
- **Cost**, as a ratio to a bare exchange over loopback (0.2 ms; two busy cores): the gate itself 0.03, the whole call 1.2 to 1.5. A rate asks
  the database: 3.4 in all for 16 calls at once, which share its questions, and 30 for a lone one. Operations without a rate do not pay it.

## Change it without a deploy

\`GET /operations/v1/policies\` shows what is declared, what is in force, the breakers of each process, budgets, and what waits and why (scope
\`policies:read\`). \`PUT /operations/v1/policies/{system}/{operation}\` (scope \`policies:write\`) changes numbers or pauses; \`*\` is all of a
system, \`writes\` all that change something outside. It holds in all processes within two seconds, and stands in the audit with its reason:

\`\`\`json
{ "paused": true, "reason": "Month end" }
\`\`\`

\`\`\`json
{ "changes": { "rate": { "perSecond": 2, "burst": 5 }, "concurrencyMax": 4 }, "reason": "They asked us to slow down" }
\`\`\`

A body without changes and pause puts it back to what is declared. The contract is [schema/openapi/policies.yaml](../schema/openapi/policies.yaml).
\`GET /metrics\` (scope \`metrics:read\`) is for Prometheus: calls by outcome, durations, breakers, tasks that wait, their age, dead letters, commit
queue, lag of the event log. While the database is away, its figures are left out and \`entrepot_metrics_unread\` is 1.
`;

const ERRORS_TITLE = `## Errors
`;

const OUTCOME_UNKNOWN = `A write that may have had its effect although no good answer came (\`outcomeUnknown\`) is a case of its own: whatever its kind, the next try
looks it up by its idempotency key before it sends again.

## Under pressure

Tier 1 is taking and reserving, 2 telling channels and warehouses, 3 postings, 4 feeds and counts. Where the hub cannot keep up, the lower ones
wait, and \`heldBack\` says so. Work that the other side keeps back (a pause, an open breaker,
its limits, slow answers) is no sign of pressure.
`;

const OPERATIONS_TITLE = `## Operations
`;
