import type { ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';
import { graphql } from '../../generated/index.js';
import type { InventoryItemsQuery } from '../../generated/graphql.js';
import {
  Badge,
  ClearFilters,
  DataTable,
  EmptyState,
  FilterSelect,
  Pagination,
  Quantity,
  SearchField,
  Toolbar,
  type Column,
} from '../../ui/index.js';
import { useCursorPages } from '../shared/cursor-pages.js';
import { Trouble } from '../shared/loaded.js';
import { itemPath, positionPath } from '../shared/paths.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import { StockBar } from '../shared/stock-bar.js';
import { stockOf, type Stock } from '../shared/stock.js';

const ITEMS = graphql(`
  query InventoryItems($text: String, $after: Cursor) {
    items(text: $text, first: 25, after: $after) {
      edges {
        node {
          id
          sku
          title
          category
          brand
          baseUnit
          active
          releaseAt
          components {
            sku
          }
          positions(first: 50) {
            id
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
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    fulfillmentNodes {
      id
      key
      name
    }
  }
`);

const START = { q: '', node: '' };
const EVERY_MS = 10_000;

type Item = InventoryItemsQuery['items']['edges'][number]['node'];

interface Row {
  readonly item: Item;
  /** Of the node that was filtered by, else of all; undefined where the item has no position. */
  readonly stock: Stock | undefined;
}

/** Items with their stock over all nodes, or at one. */
export function ItemsView(): ReactElement {
  const { values, set, clear, any } = useUrlState(START);
  const pages = useCursorPages();
  const navigate = useNavigate();
  const text = values.q === '' ? null : values.q;
  const read = useRead(ITEMS, { text, after: pages.after }, { everyMs: EVERY_MS });
  const rows = read.data?.items.edges.map(({ node }) => rowOf(node, values.node));
  const open = ({ item }: Row): void => void navigate(pathOf(item, values.node));
  return (
    <div className="stack">
      <Toolbar label="Find items">
        <SearchField label="Search items" placeholder="SKU or title" value={values.q} onSearch={(q) => set({ q })} />
        <FilterSelect
          label="Node"
          all="All nodes"
          value={values.node}
          options={(read.data?.fulfillmentNodes ?? []).map(({ key, name }) => ({ value: key, label: name }))}
          onChange={(node) => set({ node })}
        />
        <ClearFilters any={any} onClear={clear} />
      </Toolbar>
      <Trouble read={read} />
      <DataTable
        caption="Items and their stock"
        columns={columnsFor(values.node)}
        rows={rows}
        keyOf={({ item }) => item.id}
        onOpen={open}
        pageKeys
        stale={read.stale}
        empty={<NoItems searched={any} />}
      />
      <Pagination
        words={rows === undefined ? undefined : `${rows.length} items on this page`}
        hasNext={read.data?.items.pageInfo.hasNextPage ?? false}
        hasPrevious={pages.hasPrevious}
        busy={read.stale}
        onNext={() => pages.next(read.data?.items.pageInfo.endCursor)}
        onPrevious={pages.previous}
      />
    </div>
  );
}

function NoItems({ searched }: { searched: boolean }): ReactElement {
  return searched ? (
    <EmptyState title="No item matches">A search looks at SKU and title, whatever their case.</EmptyState>
  ) : (
    <EmptyState title="There are no items yet">
      They come by PUT /operations/v1/items, or with what the ERP and channels tell.
    </EmptyState>
  );
}

function rowOf(item: Item, node: string): Row {
  const positions = node === '' ? item.positions : item.positions.filter((position) => position.node === node);
  return { item, stock: positions.length === 0 ? undefined : stockOf(positions) };
}

function pathOf(item: Item, node: string): string {
  return node === '' ? itemPath(item.sku) : positionPath(item.sku, node);
}

function figure(key: keyof Stock, title: string, phone?: 'extra'): Column<Row> {
  return {
    key,
    title,
    align: 'end',
    ...(phone === undefined ? {} : { phone }),
    render: ({ stock }) => <Quantity value={stock?.[key]} quietZero />,
  };
}

function columnsFor(node: string): readonly Column<Row>[] {
  return [
    { key: 'sku', title: 'SKU', phone: 'title', render: ({ item }) => <Link to={pathOf(item, node)}>{item.sku}</Link> },
    { key: 'title', title: 'Title', wrap: true, render: ({ item }) => <ItemTitle item={item} /> },
    {
      key: 'bar',
      title: 'On-hand by use',
      width: '11rem',
      phone: 'extra',
      render: ({ stock }) => (stock === undefined ? null : <StockBar stock={stock} legend={false} />),
    },
    figure('onHand', 'On-hand'),
    figure('reserved', 'Reserved'),
    figure('qualityHold', 'Quality hold', 'extra'),
    figure('incoming', 'Incoming', 'extra'),
    { key: 'atp', title: 'ATP', align: 'end', render: ({ stock }) => <Atp stock={stock} /> },
  ];
}

function ItemTitle({ item }: { item: Item }): ReactElement {
  return (
    <span className="row">
      {item.title}
      {item.components.length > 0 && <Badge>Kit of {item.components.length}</Badge>}
      {!item.active && <Badge tone="warn">Not sold any more</Badge>}
    </span>
  );
}

function Atp({ stock }: { stock: Stock | undefined }): ReactElement {
  if (stock === undefined) return <span className="faint">no position</span>;
  if (stock.atp > 0)
    return (
      <strong>
        <Quantity value={stock.atp} />
      </strong>
    );
  return (
    <Badge tone="bad" title="Nothing can be promised from stock">
      {stock.atp.toLocaleString('en').replace('-', '−')}
    </Badge>
  );
}
