import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { Page } from '../../app/page.js';
import { useSession } from '../../auth/session.js';
import { graphql } from '../../generated/index.js';
import { Badge, EmptyState, Instant, Stat, StatGrid, StatusBadge, Tabs, Trail, type Tab } from '../../ui/index.js';
import { Loaded } from '../shared/loaded.js';
import { itemPath } from '../shared/paths.js';
import { StockBar } from '../shared/stock-bar.js';
import { stockOf } from '../shared/stock.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import { AvailabilityTab } from './availability-tab.js';
import type { Item } from './item.types.js';
import { OrdersTab } from './orders-tab.js';
import { PositionsTab } from './positions-tab.js';
import { PublicationsTab } from './publications-tab.js';
import { SourcingTab } from './sourcing-tab.js';

const ITEM = graphql(`
  query Item($sku: String!) {
    item(sku: $sku) {
      id
      sku
      title
      category
      brand
      baseUnit
      tracking
      active
      releaseAt
      components {
        sku
        quantity
      }
      positions(first: 100) {
        id
        sku
        node
        onHand
        reserved
        qualityHold
        safetyStock
        threshold
        incoming
        inTransit
        missing
        earmarked
        atp
        countedAt
      }
      listings(first: 100) {
        id
        channel
        listingSku
        unit
      }
    }
    fulfillmentNodes {
      id
      key
      name
    }
    channels {
      id
      key
      name
    }
  }
`);

const START = { tab: 'positions' };
const EVERY_MS = 5_000;

/** One item: where it is, what may be sold of it, what channels were told, and who waits for it. */
export default function ItemPage(): ReactElement {
  const { sku = '' } = useParams();
  return <ItemOf key={sku} sku={sku} />;
}

function ItemOf({ sku }: { sku: string }): ReactElement {
  const read = useRead(ITEM, { sku }, { everyMs: EVERY_MS });
  const item = read.data?.item;
  return (
    <Page title={item?.title ?? sku} aside={item !== null && item !== undefined && <ItemBadges item={item} />}>
      <Trail>
        <Link to="/inventory">Inventory</Link>
        <span>{sku}</span>
      </Trail>
      <Loaded read={read} lines={6}>
        {(data) =>
          data.item === null || data.item === undefined ? (
            <EmptyState title={`There is no item ${sku}`} action={<Link to="/inventory">All items</Link>} />
          ) : (
            <ItemParts item={data.item} nodes={data.fulfillmentNodes} channels={data.channels} />
          )
        }
      </Loaded>
    </Page>
  );
}

function ItemBadges({ item }: { item: Item }): ReactElement {
  return (
    <>
      {item.brand !== null && <Badge>{item.brand}</Badge>}
      {item.category !== null && <Badge>{item.category}</Badge>}
      <Badge>counted in {item.baseUnit}</Badge>
      {item.tracking !== 'NONE' && <Badge>by {item.tracking.toLowerCase()}</Badge>}
      {item.active ? (
        <StatusBadge status="ON_SALE" tone="ok" />
      ) : (
        <StatusBadge status="NOT_SOLD" tone="warn" label="Not sold any more" />
      )}
    </>
  );
}

interface Named {
  readonly key: string;
  readonly name: string;
}

interface ItemPartsProps {
  readonly item: Item;
  readonly nodes: readonly Named[];
  readonly channels: readonly Named[];
}

function ItemParts({ item, nodes, channels }: ItemPartsProps): ReactElement {
  const { scopes } = useSession();
  const { values, set } = useUrlState(START);
  const tabs: Tab[] = [
    {
      key: 'positions',
      title: 'Positions',
      count: item.positions.length,
      content: () => <PositionsTab positions={item.positions} nodes={nodes} />,
    },
  ];
  if (scopes.has('availability:read'))
    tabs.push(
      {
        key: 'availability',
        title: 'Availability',
        content: () => <AvailabilityTab item={item} channels={channels} />,
      },
      { key: 'publications', title: 'Publications', content: () => <PublicationsTab sku={item.sku} /> },
    );
  if (scopes.has('orders:read'))
    tabs.push({
      key: 'orders',
      title: 'Orders that hold it',
      content: () => <OrdersTab sku={item.sku} nodes={nodes} />,
    });
  if (scopes.has('availability:read'))
    tabs.push({
      key: 'sourcing',
      title: 'Sourcing dry run',
      content: () => <SourcingTab sku={item.sku} channels={channels} />,
    });
  return (
    <div className="stack">
      <ItemFigures item={item} />
      <Tabs label={`Item ${item.sku}`} tabs={tabs} open={values.tab} onOpen={(tab) => set({ tab })} />
    </div>
  );
}

function ItemFigures({ item }: { item: Item }): ReactElement {
  const stock = stockOf(item.positions);
  return (
    <div className="stack-tight">
      {item.releaseAt !== null && item.releaseAt !== undefined && (
        <p className="muted">
          Does not ship before <Instant at={item.releaseAt} />
        </p>
      )}
      {item.components.length > 0 && <KitParts item={item} />}
      <StatGrid>
        <Stat label="ATP, all nodes" value={figure(stock.atp)} tone={stock.atp > 0 ? 'neutral' : 'bad'} />
        <Stat label="On-hand" value={figure(stock.onHand)} />
        <Stat label="Reserved" value={figure(stock.reserved)} />
        <Stat label="Quality hold" value={figure(stock.qualityHold)} />
        <Stat label="Safety and threshold" value={figure(stock.safetyStock + stock.threshold)} />
        <Stat label="Incoming, in transit" value={figure(stock.incoming + stock.inTransit)} />
      </StatGrid>
      <StockBar stock={stock} />
    </div>
  );
}

function figure(value: number): string {
  return value.toLocaleString('en');
}

function KitParts({ item }: { item: Item }): ReactElement {
  return (
    <p className="muted">
      One kit is{' '}
      {item.components.map(({ sku, quantity }, at) => (
        <span key={sku}>
          {at > 0 && ', '}
          {quantity} × <Link to={itemPath(sku)}>{sku}</Link>
        </span>
      ))}
      : its stock is that of its components.
    </p>
  );
}
