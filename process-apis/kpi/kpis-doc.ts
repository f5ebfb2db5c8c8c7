import { KPI_NAMES, kpiDefinition, type KpiDefinition, type KpiUnit } from './kpi.definitions.js';
import { SERIES_LIMITS } from './kpi-reader.js';
import { FIGURES_KEPT_DAYS } from './projection.js';

const UNITS: Readonly<Record<KpiUnit, string>> = {
  MILLISECONDS: 'milliseconds: mean, median, 95 of 100, longest',
  RATIO: 'a share from 0 to 1',
  COUNT: 'a number',
  UNITS: 'units of stock',
};

/** docs/kpis.md, made from the definitions. */
export function renderKpisDoc(): string {
  return [INTRODUCTION, ...KPI_NAMES.map((kpi) => renderKpi(kpiDefinition(kpi))), HOW].join('\n');
}

function renderKpi({ kpi, title, definition, unit, better, target, grouping, from }: KpiDefinition): string {
  return `## ${title}

${definition}

- In the graph: \`${kpi}\`
- Unit: ${UNITS[unit]}; the ${better === 'LOWER' ? 'lower' : 'higher'}, the better
- Target: ${target === undefined ? 'none' : `${better === 'LOWER' ? 'at most' : 'at least'} ${amountOf(unit, target)}`}
- Split by: ${grouping.map((by) => by.toLowerCase()).join(', ')}
- Computed from: ${from}
`;
}

function amountOf(unit: KpiUnit, target: number): string {
  return unit === 'MILLISECONDS' ? `${target / 1_000} seconds` : String(target);
}

function numberWords(count: number): string {
  return count.toLocaleString('en');
}

const INTRODUCTION = `# What the hub measures

The KPIs of the business, each with its exact definition. This file is made from
[kpi.definitions.ts](../process-apis/kpi/kpi.definitions.ts); a test keeps the two equal. GraphQL (\`kpis\`, \`kpiSeries\`, \`kpiOverview\`,
\`kpiChanged\`; scope \`kpi:read\`), \`/metrics\` and the console tell the same figures. "Recorded" is the instant at which the hub committed an
event. Days are UTC. A token that is bound to a channel sees that channel alone.

Targets are what a well-run house reaches. Set your own by \`ENTREPOT_KPI_TARGETS\`: \`OVERSELL_RATE=0.002,CANCELLATION_RATE=none\`.
`;

const HOW = `## How they are computed

One consumer of the event log (\`process-apis/kpi\`, cursor \`kpi\`) folds each event into the table \`order_progress\` (how far each order is) and
into \`kpi_day\` (figures by KPI, day, channel, node and stage). Cursor and rows are one transaction, and one process at a time writes them:
each event counts once, whatever ends in between. Events that come late change the figures of the day that they count to. What the log does
not tell has a cursor of its own, written in the same way: tellings of quantities (\`kpi/tellings\`, two minutes behind, so that none is
skipped that was under way) and comparisons of stock (\`kpi/drift\`: today's and yesterday's are counted anew each minute).

Counts, sums, numerators, denominators and the longest duration are exact integers. Median and 95 of 100 come from buckets: exact below 32 ms,
else at most 1/16 too high. Figures are kept for ${FIGURES_KEPT_DAYS} days.

A series has at most ${numberWords(SERIES_LIMITS.points)} points, and its medians are computed from at most ${numberWords(SERIES_LIMITS.behindMedians)} figures; more is refused, with what to
ask instead. Adding up buckets is most of the work: leave \`p50\`, \`p95\` and \`max\` out where nobody looks at them.

Where orders are now (\`flow\`, \`flowChanged\`) comes from \`order_flow\`, which the same transactions count up and down, and from rates by ten
seconds in \`order_flow_rate\`.

## Compute all of it anew

After a change of the definitions, or whenever the figures are doubted: stop the workers, then

\`\`\`sql
truncate order_progress, order_flow, order_flow_rate, kpi_day;
delete from cursor where name in ('kpi', 'kpi/tellings', 'kpi/drift');
\`\`\`

and start them: the projection begins at the start of the log. \`kpi_state\` stays, so that no subscriber takes old figures for new ones.
Tellings older than 90 days and comparisons that were deleted are not there to be counted again.
`;
