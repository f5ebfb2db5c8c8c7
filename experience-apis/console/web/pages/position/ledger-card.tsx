import { useMemo, type ReactElement } from 'react';
import { Link } from 'react-router';
import { useSession } from '../../auth/session.js';
import { graphql } from '../../generated/index.js';
import type { LedgerQuery } from '../../generated/graphql.js';
import {
  Badge,
  Card,
  DataTable,
  EmptyState,
  FilterSelect,
  Instant,
  Pagination,
  plainWords,
  Quantity,
  type Column,
  type Tone,
} from '../../ui/index.js';
import { useCursorPages } from '../shared/cursor-pages.js';
import { Trouble } from '../shared/loaded.js';
import { orderPath } from '../shared/paths.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import { MOVEMENT_KINDS, reasonsOf } from './movement-kinds.js';

const LEDGER = graphql(`
  query Ledger($sku: String!, $node: String!, $asOf: DateTime, $reasons: [MovementReason!], $after: Cursor) {
    position(sku: $sku, node: $node, asOf: $asOf) {
      id
      movements(first: 50, after: $after, reasons: $reasons) {
        edges {
          node {
            id
            bucket
            delta
            reason
            lot
            causeStream
            causeVersion
            occurredAt
            recordedAt
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

const CAUSES = graphql(`
  query LedgerCauses($ids: [ID!]!) {
    nodes(ids: $ids) {
      id
      ... on Order {
        channel
        reference
        displayReference
      }
    }
  }
`);

type Movement = NonNullable<LedgerQuery['position']>['movements']['edges'][number]['node'];

interface OrderBehind {
  readonly channel: string;
  readonly reference: string;
  readonly displayReference?: string | null;
}

interface LedgerCardProps {
  readonly sku: string;
  readonly node: string;
  readonly asOf: string | null;
}

const START = { why: '' };
const EVERY_MS = 5_000;

/** The ledger of a position, the newest first; what an order caused leads to it. */
export function LedgerCard({ sku, node, asOf }: LedgerCardProps): ReactElement {
  const pages = useCursorPages();
  const { values, set } = useUrlState(START);
  const read = useRead(
    LEDGER,
    { sku, node, asOf, reasons: reasonsOf(values.why), after: pages.after },
    asOf === null && pages.after === null ? { everyMs: EVERY_MS } : {},
  );
  const movements = read.data?.position?.movements;
  const rows = movements?.edges.map((edge) => edge.node);
  const orders = useOrdersBehind(rows ?? NO_ROWS);
  return (
    <Card
      title="Ledger"
      about="Each change of a bucket, with its cause. Nothing in it is ever changed."
      actions={
        <FilterSelect
          label="Why"
          all="For any reason"
          value={values.why}
          options={KINDS}
          onChange={(why) => set({ why })}
        />
      }
      flush
    >
      <Trouble read={read} />
      <DataTable
        caption="Movements of the position"
        columns={columnsFor(orders)}
        rows={rows}
        keyOf={({ id }) => id}
        stale={read.stale}
        empty={<EmptyState title={values.why === '' ? 'No movements' : 'No movements for this reason'} />}
      />
      <Pagination
        words={rows === undefined ? undefined : `${rows.length} movements on this page`}
        hasNext={movements?.pageInfo.hasNextPage ?? false}
        hasPrevious={pages.hasPrevious}
        busy={read.stale}
        onNext={() => pages.next(movements?.pageInfo.endCursor)}
        onPrevious={pages.previous}
      />
    </Card>
  );
}

const NO_ROWS: readonly Movement[] = [];
const KINDS = Object.entries(MOVEMENT_KINDS).map(([value, label]) => ({ value, label }));

/** Which of the streams that caused movements are orders. */
function useOrdersBehind(rows: readonly Movement[]): ReadonlyMap<string, OrderBehind> {
  const { scopes } = useSession();
  const ids = [...new Set(rows.map(({ causeStream }) => causeStream))].toSorted();
  const read = useRead(CAUSES, { ids }, { pause: ids.length === 0 || !scopes.has('orders:read') });
  const nodes = read.data?.nodes;
  return useMemo(() => {
    const orders = new Map<string, OrderBehind>();
    for (const node of nodes ?? []) if (node?.__typename === 'Order') orders.set(node.id, node);
    return orders;
  }, [nodes]);
}

const BUCKET_TONE: Readonly<Record<string, Tone>> = {
  onHand: 'ok',
  reserved: 'info',
  qualityHold: 'bad',
  safetyStock: 'warn',
  threshold: 'warn',
  earmarked: 'held',
};

function columnsFor(orders: ReadonlyMap<string, OrderBehind>): readonly Column<Movement>[] {
  return [
    { key: 'at', title: 'Recorded', phone: 'title', render: (movement) => <When movement={movement} /> },
    {
      key: 'bucket',
      title: 'Bucket',
      render: ({ bucket }) => (
        <Badge tone={BUCKET_TONE[bucket] ?? 'neutral'}>{bucket === 'onHand' ? 'On-hand' : plainWords(bucket)}</Badge>
      ),
    },
    { key: 'delta', title: 'Change', align: 'end', render: ({ delta }) => <Quantity value={delta} signed /> },
    { key: 'reason', title: 'Why', render: ({ reason }) => plainWords(reason) },
    { key: 'lot', title: 'Lot', phone: 'extra', render: ({ lot }) => (lot === null ? null : <code>{lot}</code>) },
    {
      key: 'cause',
      title: 'Cause',
      render: (movement) => <Cause movement={movement} order={orders.get(movement.causeStream)} />,
    },
  ];
}

/** When the hub learned of it that much later than it happened, both are told. */
const LATE_FROM_MS = 60_000;

function When({ movement: { occurredAt, recordedAt } }: { movement: Movement }): ReactElement {
  const late = Date.parse(recordedAt) - Date.parse(occurredAt) >= LATE_FROM_MS;
  return (
    <>
      <Instant at={recordedAt} />
      {late && (
        <span className="faint small">
          {' '}
          happened <Instant at={occurredAt} />
        </span>
      )}
    </>
  );
}

function Cause({ movement, order }: { movement: Movement; order: OrderBehind | undefined }): ReactElement {
  if (order !== undefined)
    return (
      <Link to={orderPath(movement.causeStream)}>
        {order.channel} {order.displayReference ?? order.reference}
      </Link>
    );
  return (
    <code className="faint" title={movement.causeStream}>
      stock fact …{movement.causeStream.slice(-8)}
    </code>
  );
}
