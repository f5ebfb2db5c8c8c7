import type { OrderDiff, ReplayChange, ReplayRun } from '../process-apis/replay/index.js';

/** How far a replay is, in one line. */
export function progressLine(run: ReplayRun): string {
  const counts = `${run.lookedAt} looked at, ${run.changed} ${run.dryRun ? 'would change' : 'changed'}, ${run.unchanged} as before, ${run.refused} refused`;
  return run.working || run.lookedAt > 0 ? counts : `${counts} (waits for a hub)`;
}

/** What came of one thing, in a line; what it changes of orders, a line each below. */
export function changeLine({ subject, outcome, detail }: ReplayChange): string {
  const { what = '', before, after, reason, orders = [], tasks = [], differences = [] } = detail;
  const states = before === undefined ? '' : `  ${before} → ${after ?? ''}`;
  const head = `${outcome.padEnd(8)} ${subject}  ${what}${states}${reason === undefined ? '' : `  (${reason})`}`;
  return [
    head,
    ...orders.map((order) => `         ${orderLine(order)}`),
    ...tasks.map((task) => `         task ${task}`),
    ...differences.map(
      ({ pointer, stored, rebuilt }) =>
        `         ${pointer}: stored ${JSON.stringify(stored)}, by its events ${JSON.stringify(rebuilt)}`,
    ),
  ].join('\n');
}

function orderLine({ channel, reference, statusBefore, statusAfter, events, lines }: OrderDiff): string {
  const status = statusBefore === statusAfter ? statusAfter : `${statusBefore ?? 'new'} → ${statusAfter}`;
  const units = lines.map(({ number, before, after }) => `line ${number}: ${unitsOf(before)} → ${unitsOf(after)}`);
  return [`${channel} ${reference}: ${status}`, events.join(', '), ...units].filter((part) => part !== '').join('; ');
}

function unitsOf(units: Readonly<Record<string, number>>): string {
  const told = Object.entries(units).map(([state, count]) => `${count} ${state}`);
  return told.length === 0 ? 'none' : told.join(' ');
}

/** The last lines: what it came to, and what to do next. */
export function summaryOf(run: ReplayRun, shownMax: number): string {
  const listed = run.changed + run.refused;
  const more = listed > shownMax ? [`… the first ${shownMax}; \`--json\` gives up to 1,000.`] : [];
  const end: Readonly<Record<ReplayRun['status'], string>> = {
    RUNNING: 'It goes on.',
    DONE: run.dryRun ? 'Nothing was changed: give --run to do it.' : 'Done.',
    STOPPED: `Stopped: \`npx entrepot replay --resume ${run.id}\` lets it go on.`,
    FAILED: `It failed: ${run.error ?? 'no reason was kept'}.`,
  };
  return [...more, progressLine({ ...run, working: true }), end[run.status]].join('\n');
}
