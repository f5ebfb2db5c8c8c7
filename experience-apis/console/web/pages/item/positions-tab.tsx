import type { ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';
import { DataTable, EmptyState, Quantity, type Column } from '../../ui/index.js';
import { positionPath } from '../shared/paths.js';
import type { Stock } from '../shared/stock.js';
import type { ItemPosition } from './item.types.js';

interface PositionsTabProps {
  readonly positions: readonly ItemPosition[];
  readonly nodes: readonly { readonly key: string; readonly name: string }[];
}

/** The item node by node; each opens its ledger. */
export function PositionsTab({ positions, nodes }: PositionsTabProps): ReactElement {
  const navigate = useNavigate();
  const nameOf = new Map(nodes.map(({ key, name }) => [key, name]));
  return (
    <DataTable
      caption="Positions of the item"
      columns={[nodeColumn(nameOf), ...COLUMNS]}
      rows={positions}
      keyOf={({ id }) => id}
      onOpen={({ sku, node }) => void navigate(positionPath(sku, node))}
      pageKeys
      empty={
        <EmptyState title="No node has had any of it yet">
          A position comes with the first stock fact of the item.
        </EmptyState>
      }
    />
  );
}

function nodeColumn(nameOf: ReadonlyMap<string, string>): Column<ItemPosition> {
  return {
    key: 'node',
    title: 'Node',
    phone: 'title',
    render: ({ sku, node }) => (
      <>
        <Link to={positionPath(sku, node)}>{nameOf.get(node) ?? node}</Link> <span className="faint small">{node}</span>
      </>
    ),
  };
}

function figure(key: keyof Stock, title: string): Column<ItemPosition> {
  return { key, title, align: 'end', render: (position) => <Quantity value={position[key]} quietZero /> };
}

const COLUMNS: readonly Column<ItemPosition>[] = [
  figure('onHand', 'On-hand'),
  figure('reserved', 'Reserved'),
  figure('qualityHold', 'Quality hold'),
  figure('safetyStock', 'Safety stock'),
  figure('threshold', 'Threshold'),
  figure('earmarked', 'Earmarked'),
  figure('incoming', 'Incoming'),
  figure('inTransit', 'In transit'),
  {
    key: 'atp',
    title: 'ATP',
    align: 'end',
    render: ({ atp }) => (
      <strong>
        <Quantity value={atp} />
      </strong>
    ),
  },
];
