import type { ReactElement } from 'react';
import type { AvailabilityOfItemQuery } from '../../generated/graphql.js';
import {
  Badge,
  Card,
  DataTable,
  Facts,
  Instant,
  Notice,
  Quantity,
  RelativeTime,
  StatusBadge,
  type Column,
  type Tone,
} from '../../ui/index.js';
import { SumSteps, type SumStep } from '../shared/sum-steps.js';

type Answer = AvailabilityOfItemQuery['availability']['items'][number];
type Explanation = NonNullable<Answer['explanation']>[number];
type NodeSum = Explanation['nodes'][number];

const STATUS_TONE: Readonly<Record<Answer['status'], Tone>> = { IN_STOCK: 'ok', BY_DATE: 'info', NOT_AVAILABLE: 'bad' };

interface AvailabilityCardProps {
  readonly answer: Answer;
  /** The answer is of an earlier time. */
  readonly then: boolean;
}

/** What may be sold of one item or listing, and how that comes about. */
export function AvailabilityCard({ answer, then }: AvailabilityCardProps): ReactElement {
  const { sku, listingSku, quantity, status, available, availableFrom, releaseAt, told, explanation } = answer;
  return (
    <Card
      title={listingSku === null || listingSku === undefined ? `Item ${sku}` : `Listing ${listingSku}`}
      actions={<StatusBadge status={status} tone={STATUS_TONE[status]} />}
    >
      <div className="stack">
        <Facts
          entries={[
            ['May be sold', <strong key="available">{available.toLocaleString('en')}</strong>],
            ['Asked for', quantity.toLocaleString('en')],
            ['There from', availableFrom === null ? null : <Instant key="from" at={availableFrom} />],
            ['Does not ship before', releaseAt === null ? null : <Instant key="release" at={releaseAt} />],
            [
              then ? 'The channel had been told' : 'The channel was told',
              told === null || told === undefined ? null : <Told key="told" told={told} />,
            ],
          ]}
        />
        {explanation === null || explanation === undefined ? (
          <Notice>You may see what can be sold, not how it comes about.</Notice>
        ) : (
          explanation.map((component) => (
            <Component key={component.sku} component={component} kit={explanation.length > 1} />
          ))
        )}
      </div>
    </Card>
  );
}

function Told({ told }: { told: NonNullable<Answer['told']> }): ReactElement {
  return (
    <>
      {told.quantity.toLocaleString('en')}{' '}
      <span className="faint">
        <RelativeTime at={told.toldAt} />
      </span>
    </>
  );
}

function Component({ component, kit }: { component: Explanation; kit: boolean }): ReactElement {
  return (
    <div className="stack-tight">
      {(kit || component.quantity > 1) && (
        <h3>
          {component.quantity} × {component.sku} in each
        </h3>
      )}
      <DataTable
        caption={`Nodes with ${component.sku}`}
        columns={NODE_COLUMNS}
        rows={component.nodes}
        keyOf={({ node }) => node}
      />
      <SumSteps label="From what is there to what may be sold" steps={stepsOf(component)} />
    </div>
  );
}

function stepsOf({ nodes, atp, rules, available, ats }: Explanation): readonly SumStep[] {
  const used = nodes.filter(({ excluded }) => excluded === null).length;
  return [
    {
      key: 'atp',
      label: 'ATP at the nodes that the channel may use',
      value: atp,
      kind: 'start',
      detail: `${used} of ${nodes.length} nodes`,
    },
    ...(available === atp
      ? []
      : [
          {
            key: 'capacity',
            label: 'What these nodes can still take today',
            value: available,
            kind: 'change' as const,
            change: available - atp,
          },
        ]),
    ...rules.map((rule) => ({
      key: rule.ruleId,
      label: rule.name,
      badge: rule.kind,
      detail: rule.says,
      value: rule.after,
      kind: 'change' as const,
      change: rule.after - rule.before,
    })),
    { key: 'ats', label: 'Available to sell', value: ats, kind: 'end' },
  ];
}

const NODE_COLUMNS: readonly Column<NodeSum>[] = [
  {
    key: 'node',
    title: 'Node',
    phone: 'title',
    render: ({ node, excluded }) => (
      <span className="row">
        {node}
        {excluded !== null && <Badge tone="neutral">not used</Badge>}
      </span>
    ),
  },
  {
    key: 'atp',
    title: 'ATP',
    align: 'end',
    render: ({ atp, excluded }) => <Quantity value={atp} quietZero={excluded !== null} />,
  },
  {
    key: 'capacity',
    title: 'Can take today',
    align: 'end',
    render: ({ capacityLeft }) => <Quantity value={capacityLeft} none="no limit" />,
  },
  {
    key: 'why',
    title: 'Sum, or why it is not used',
    wrap: true,
    phone: 'words',
    render: ({ excluded, sum }) => <span className="muted">{excluded ?? sum}</span>,
  },
];
