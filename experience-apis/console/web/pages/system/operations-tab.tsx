import { useState, type ReactElement } from 'react';
import { useSession } from '../../auth/session.js';
import {
  Badge,
  Button,
  DataTable,
  Duration,
  durationWords,
  EmptyState,
  Meter,
  plainWords,
  RelativeTime,
  StatusBadge,
  type Column,
  type Tone,
} from '../../ui/index.js';
import { BREAKER_TONE } from '../shared/systems.js';
import { PauseDialog, type PauseRequest } from './pause-dialog.js';
import type { Budget, Operation } from './system.types.js';

interface OperationsTabProps {
  readonly operations: readonly Operation[];
  readonly again: () => void;
}

/** What the hub calls, how often it may, and whether it does. */
export function OperationsTab({ operations, again }: OperationsTabProps): ReactElement {
  const { scopes } = useSession();
  const [request, setRequest] = useState<PauseRequest>();
  const limited = operations.some(({ budgets }) => budgets.length > 0);
  const told = limited ? COLUMNS : COLUMNS.filter(({ key }) => key !== 'rate');
  const columns = scopes.has('policies:write') ? [...told, actionColumn(setRequest)] : told;
  return (
    <>
      <DataTable
        caption="Operations"
        columns={columns}
        rows={operations.toSorted(
          (one, other) => Number(toneOf(one) === undefined) - Number(toneOf(other) === undefined),
        )}
        keyOf={({ id }) => id}
        toneOf={toneOf}
        empty={<EmptyState title="The hub calls nothing there" />}
      />
      <PauseDialog request={request} onClose={() => setRequest(undefined)} onDone={again} />
    </>
  );
}

function toneOf({ paused, breaker }: Operation): Tone | undefined {
  if (breaker.state === 'OPEN') return 'bad';
  if (paused) return 'held';
  return breaker.state === 'HALF_OPEN' ? 'warn' : undefined;
}

function actionColumn(ask: (request: PauseRequest) => void): Column<Operation> {
  return {
    key: 'actions',
    title: 'Action',
    align: 'end',
    render: ({ system, operation, paused }) => (
      <Button
        size="sm"
        kind="quiet"
        icon={paused ? 'play' : 'pause'}
        aria-label={`${paused ? 'Resume' : 'Pause'} ${operation}`}
        onClick={() => ask({ verb: paused ? 'resume' : 'pause', system, operation })}
      >
        {paused ? 'Resume…' : 'Pause…'}
      </Button>
    ),
  };
}

const COLUMNS: readonly Column<Operation>[] = [
  {
    key: 'operation',
    title: 'Operation',
    phone: 'title',
    wrap: true,
    render: ({ operation, write }) => (
      <span className="row">
        <code>{operation}</code>
        {write && <Badge>writes</Badge>}
      </span>
    ),
  },
  { key: 'state', title: 'State', wrap: true, render: (operation) => <OperationState operation={operation} /> },
  { key: 'rate', title: 'Rate budget', width: '13rem', render: ({ budgets }) => <Budgets budgets={budgets} /> },
  {
    key: 'breaker',
    title: 'Breaker rests',
    phone: 'extra',
    render: ({ breaker }) => (
      <span className="muted">
        {durationWords(breaker.openMs)} after {breaker.failures} failures
      </span>
    ),
  },
  {
    key: 'timeout',
    title: 'Time-out',
    align: 'end',
    phone: 'extra',
    render: ({ timeoutMs }) => <Duration ms={timeoutMs} />,
  },
  {
    key: 'concurrency',
    title: 'At once',
    align: 'end',
    phone: 'extra',
    render: ({ concurrencyMax }) => concurrencyMax,
  },
  { key: 'tier', title: 'Tier', align: 'end', phone: 'extra', render: ({ tier }) => tier },
];

function OperationState({ operation }: { operation: Operation }): ReactElement {
  const { paused, pausedReason, changedBy, changedAt, breaker } = operation;
  return (
    <span className="stack-tight">
      <span className="row">
        {paused && <StatusBadge status="PAUSED" tone="held" />}
        {(!paused || breaker.state !== 'CLOSED') && (
          <StatusBadge
            status={breaker.state}
            tone={BREAKER_TONE[breaker.state]}
            label={
              breaker.state === 'CLOSED' ? 'Calls go through' : `Breaker ${plainWords(breaker.state).toLowerCase()}`
            }
          />
        )}
        {breaker.state !== 'CLOSED' && (
          <span className="faint small">
            since <RelativeTime at={breaker.since} />
          </span>
        )}
      </span>
      {breaker.state !== 'CLOSED' && breaker.lastError !== null && (
        <span className="muted small">{breaker.lastError}</span>
      )}
      {paused && pausedReason !== null && <span className="muted small">{pausedReason}</span>}
      {!paused && changedBy !== null && (
        <span className="faint small">
          changed by {changedBy} <RelativeTime at={changedAt} />
        </span>
      )}
    </span>
  );
}

function Budgets({ budgets }: { budgets: readonly Budget[] }): ReactElement {
  if (budgets.length === 0) return <span className="faint">no limit</span>;
  return (
    <span className="stack-tight">
      {budgets.map((budget) => (
        <BudgetMeter key={budget.name} budget={budget} />
      ))}
    </span>
  );
}

/** Below this share of calls left the meter warns. */
const SCARCE_SHARE = 0.25;

function BudgetMeter({ budget }: { budget: Budget }): ReactElement {
  const { name, perSecond, burst, perAccount, tokens, pausedUntil } = budget;
  const left = Math.max(0, Math.floor(tokens ?? burst));
  const scarce = left < burst * SCARCE_SHARE;
  return (
    <span
      className="stack-tight"
      title={perAccount ? `${name}: each account has its own; this is the one with the fewest` : name}
    >
      <Meter
        label={`Calls left of ${name}${perAccount ? ', of the account that has the fewest' : ''}`}
        value={left}
        max={burst}
        tone={left === 0 ? 'bad' : scarce ? 'warn' : 'info'}
        words={`${left} of ${burst} · ${rateWords(perSecond)}`}
      />
      {pausedUntil !== null && pausedUntil !== undefined && (
        <span className="small">
          <Badge tone="warn">asked for a rest</Badge> until <RelativeTime at={pausedUntil} />
        </span>
      )}
    </span>
  );
}

const MINUTE = 60;
const HOUR = 3_600;

/** Calls in the time in which there is at least one. */
function rateWords(perSecond: number): string {
  if (perSecond >= 1) return `${perSecond}/s`;
  const [times, unit] = perSecond * MINUTE >= 1 ? [MINUTE, 'min'] : [HOUR, 'h'];
  return `${Math.round(perSecond * times * 10) / 10}/${unit}`;
}
