import type { ReactElement } from 'react';
import type { SourcingDryRunQuery } from '../../generated/graphql.js';
import { Badge, Card, Instant, Notice, StatusBadge } from '../../ui/index.js';

type Answer = SourcingDryRunQuery['sourcingDryRun'];

interface SourcingAnswerProps {
  readonly answer: Answer;
  /** As they were asked for, in their order. */
  readonly lines: readonly { readonly sku: string; readonly quantity: string }[];
}

/** Which node would ship what, how the nodes rank, and why others do not serve. */
export function SourcingAnswer({ answer, lines }: SourcingAnswerProps): ReactElement {
  return (
    <div className="columns">
      <Outcome answer={answer} lines={lines} />
      <Card title="Nodes, best first">
        <ol className="stack">
          {answer.nodes.map((node) => (
            <li key={node.node} className="stack-tight">
              <span className="row">
                <strong>
                  {node.rank}. {node.node}
                </strong>
                {node.chosen ? (
                  <StatusBadge status="SHIPS" tone="ok" />
                ) : (
                  <Badge>{node.whyNot.length > 0 ? 'passed over' : 'not needed'}</Badge>
                )}
              </span>
              <Reasons reasons={node.chosen ? node.because : [...node.whyNot, ...node.because]} />
            </li>
          ))}
          {answer.excluded.map(({ node, reason }) => (
            <li key={node} className="stack-tight">
              <span className="row">
                <strong>{node}</strong>
                <StatusBadge status="MAY_NOT_SERVE" tone="neutral" icon="cross" />
              </span>
              <Reasons reasons={[reason]} />
            </li>
          ))}
        </ol>
      </Card>
    </div>
  );
}

function Outcome({ answer, lines }: SourcingAnswerProps): ReactElement {
  const nameOf = (line: number): string => lines[line]?.sku ?? `line ${line + 1}`;
  return (
    <Card
      title="What would happen"
      about={
        <>
          By the stock of <Instant at={answer.asOf} />
        </>
      }
    >
      <div className="stack">
        <ul className="stack-tight">
          {answer.allocations.map(({ line, node, quantity }) => (
            <li key={`${line} ${node}`}>
              <strong>{quantity}</strong> × {nameOf(line)} from <strong>{node}</strong>
            </li>
          ))}
        </ul>
        {answer.missing.map(({ line, quantity }) => (
          <Notice key={line} tone="bad" icon="stop">
            {quantity} × {nameOf(line)} can be given by nobody now.
          </Notice>
        ))}
        {answer.shortages.map(({ sku, missing, releasedAt }) => (
          <Notice key={sku} tone="warn" icon="alert">
            {missing} of {sku} are not there
            {releasedAt === null ? (
              '.'
            ) : (
              <>
                : it is not for sale before <Instant at={releasedAt} />.
              </>
            )}
          </Notice>
        ))}
        {answer.limited.map(({ sku, available, ats }) => (
          <Notice key={sku} tone="info">
            Of {sku} {available} are there; the allocation rules leave the channel {ats}.
          </Notice>
        ))}
      </div>
    </Card>
  );
}

function Reasons({ reasons }: { reasons: readonly string[] }): ReactElement {
  return (
    <ul className="muted small">
      {reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  );
}
