import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { Badge, Card, Money, QuantityBar, type QuantitySegment } from '../../ui/index.js';
import { itemPath } from '../shared/paths.js';
import type { PageLine, PageOrder } from './order.documents.js';

/** What was ordered, and where its units are. */
export function LinesCard({ order }: { order: PageOrder }): ReactElement {
  const units = order.lines.reduce((sum, { ordered }) => sum + ordered, 0);
  return (
    <Card
      title="Lines"
      about={`${order.lines.length === 1 ? 'One line' : `${order.lines.length} lines`}, ${units === 1 ? 'one unit' : `${units} units`}`}
      flush
    >
      <ul className="order-lines">
        {order.lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ul>
    </Card>
  );
}

function Line({ line }: { line: PageLine }): ReactElement {
  const { number, title, sku, listingSku, ordered, unitPrice, gift } = line;
  return (
    <li className="order-line">
      <div className="row-apart">
        <span>
          <span className="faint">{number}. </span>
          <strong className="wrap-anywhere">{title}</strong> {gift ? <Badge tone="info">Gift</Badge> : null}
        </span>
        <span className="number">
          {ordered} × <Money {...unitPrice} />
        </span>
      </div>
      <p className="small muted">
        {sku ? <Link to={itemPath(sku)}>{sku}</Link> : <Badge tone="warn">Not mapped to an item</Badge>} sold as{' '}
        <code>{listingSku}</code>
      </p>
      <QuantityBar label={`Units of line ${number} by state`} segments={segmentsOf(line)} />
    </li>
  );
}

function segmentsOf({ quantities, sku }: PageLine): readonly QuantitySegment[] {
  const { open, reserved, released, picked, packed, shipped, cancelled, external } = quantities;
  return [
    { label: 'Shipped', quantity: shipped, tone: 'ok' },
    { label: 'Shipped by others', quantity: external, tone: 'ok' },
    { label: 'Packed', quantity: packed, tone: 'info' },
    { label: 'Picked', quantity: picked, tone: 'info' },
    { label: 'With the warehouse', quantity: released, tone: 'info' },
    { label: 'Reserved', quantity: reserved, tone: 'held' },
    { label: sku ? 'Not claimed yet' : 'Unknown item', quantity: open, tone: 'warn' },
    { label: 'Cancelled', quantity: cancelled, tone: 'neutral' },
  ];
}
